"""Ends a bubblewrap's process group when we are killed: a shell that waits for our end, one for each box.

Bubblewrap dies with us (`--die-with-parent`), and its namespace with its init. But the init waits for bubblewrap's word
before it becomes ours, and when bubblewrap dies in between it waits for ever: it has the other end of that wait itself.
It is still in bubblewrap's process group then; afterwards it has a session of its own, and ends as described.
"""

from __future__ import annotations

import contextlib
import os
import signal

SHELL = "/bin/sh"
UNTIL_THE_END = 'read -r word || kill -s KILL -- "-$0"'
"""Nobody ever writes: the read ends with us."""


class Keeper:
    """From its making until `let_go`, `group` ends when this process does."""

    def __init__(self, group: int) -> None:
        reading, self._pipe = os.pipe()
        self._shell: int | None = None
        # Where there is no shell, or no session of its own for it (so that what ends us does not end it first), what
        # dies with us by itself has to do.
        with contextlib.suppress(OSError, NotImplementedError):
            actions = [(os.POSIX_SPAWN_DUP2, reading, 0)]
            command = [SHELL, "-c", UNTIL_THE_END, str(group)]
            self._shell = os.posix_spawn(SHELL, command, {}, file_actions=actions, setsid=True)
        os.close(reading)

    def let_go(self) -> None:
        """The group has ended: its number may be a stranger's from now on."""
        if self._shell is not None:
            # Whoever waits for all children of this process has waited for it, too.
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self._shell, signal.SIGKILL)
                os.waitpid(self._shell, 0)
        os.close(self._pipe)
