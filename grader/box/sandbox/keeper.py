"""A process group that ends when we are killed: a shell that waits for our end leads it, one for each box.

Bubblewrap dies with us (`--die-with-parent`), and its namespace with its init. But the init waits for bubblewrap's word
before it becomes ours, and when bubblewrap dies in between it waits for ever: it has the other end of that wait itself.
It is still in bubblewrap's process group then; afterwards it has a session of its own, and ends as described.
The group is there before bubblewrap is, so that there is no instant at which what dies with us is not kept.
"""

from __future__ import annotations

import contextlib
import os
import signal

SHELL = "/bin/sh"
UNTIL_THE_END = "read -r word || kill -s KILL 0"
"""Nobody ever writes: the read ends with us. 0 is the shell's own group."""


class Keeper:
    """From its making until `end`, whoever is in `group` ends when this process does."""

    def __init__(self) -> None:
        reading, self._pipe = os.pipe()
        self.group: int | None = None
        """In our session, or nobody could join it. None without a shell: what dies with us by itself has to do."""
        with contextlib.suppress(OSError, NotImplementedError):
            actions = [(os.POSIX_SPAWN_DUP2, reading, 0)]
            self.group = os.posix_spawn(SHELL, [SHELL, "-c", UNTIL_THE_END], {}, file_actions=actions, setpgroup=0)
        os.close(reading)

    def end(self) -> None:
        """Kills who is left in the group; nobody new may join it."""
        if self.group is not None:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                # Fails where somebody has waited for all children of this process: the number may be a stranger's.
                os.waitid(os.P_PID, self.group, os.WEXITED | os.WNOHANG | os.WNOWAIT)
                os.killpg(self.group, signal.SIGKILL)
                os.waitpid(self.group, 0)
        os.close(self._pipe)
