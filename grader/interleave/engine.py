"""Engine: runs a program under a strategy, one execution after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from grader.interleave.execution import Clock, Execution, Failure, Observer, Site, Spinning

if TYPE_CHECKING:
    from grader.interleave.strategies import Strategy

__all__ = ["Engine", "Execution", "Failure", "Observer", "Site", "Spinning", "peek"]

STEPS = 20_000
"""Operations that one execution may take before it counts as a livelock."""


class Engine:
    """`program.engine` is the one whose stand-ins and hooks the program was compiled for."""

    sites: Sequence[Site] = ()
    """What `Operation.site` indexes."""

    def run(
        self,
        main: Callable[[], object],
        strategy: Strategy,
        *,
        clock: Clock = "free",
        limit: int = STEPS,
        observers: Sequence[Observer] = (),
    ) -> Execution:
        """One execution of `main` (made by `Program.execution`). The caller has asked `strategy.begin()`;
        `strategy.end(execution)` is called in here, also when the strategy abandons it."""
        raise NotImplementedError


def peek(subject: object, part: str) -> str:
    """A short repr of what an observer was told of, as it is now; "" when it cannot be had without side effects."""
    raise NotImplementedError
