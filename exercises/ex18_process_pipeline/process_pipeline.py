"""ex18: items go through stages, each worked at by several processes. README.md tells the story."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def pipeline(items: Iterable[Any], stages: list[Callable[[Any], Any]], procs: list[int], limit: int) -> list[Any]:
    """The items, each passed through stages[0], then stages[1], ...: a list in the order of the items.

    * At stage i work procs[i] processes (1 or more), and every call of a stage is made in one of them.
    * At most `limit` items (1 or more) are inside stages[0] at once. When stage 0 has so many processes, and so many
      items wait, `limit` can be inside at once.
    * When a stage raises an Exception, pipeline raises one, whichever. It never waits for ever.
    * When it returns or raises, all processes have been joined, and nothing is left behind: no queue, no semaphore.
    * It works under fork, spawn and forkserver.

    Items and results can be pickled, and can be large. The stages are functions at the top level of a module.
    """
    # TODO
    raise NotImplementedError("write pipeline")
