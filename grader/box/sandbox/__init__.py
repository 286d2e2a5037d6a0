"""The walls around the box: one module a tier, and the canary that finds out which tier works here.

    full      bubblewrap: namespaces of its own; sees only the interpreter and the grader's engine
    landlock  Landlock and a filter of system calls: opens only the interpreter, the engine and a scratch folder
    limits    rlimits, a session of its own, and a kill of the whole tree; sees what its user sees

A tier is a class behind `Walls`: build it and the box is starting; `kill` it and nothing is left.
"""

from __future__ import annotations

import socket
from typing import Protocol

from grader.results import Tier


class Walls(Protocol):
    """One box that has been started. It may not be ready yet: nothing here waits."""

    tier: Tier
    control: socket.socket
    """The parent's end of the zygote's channel."""

    def last_words(self) -> str:
        """What the box's own code wrote on standard error; never a student's text."""

    def kill(self) -> None:
        """Ends every process of the box and waits until they are gone. May be called twice."""
