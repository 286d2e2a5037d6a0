"""ex15: computing in several processes. README.md tells the story; write what is marked TODO."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def count_primes(limit: int, workers: int | None = None, chunk: int = 10_000) -> int:
    """How many prime numbers there are below `limit`: 0 for 2, 4 for 10 (2, 3, 5, 7).

    `workers` processes count, `chunk` numbers at a time; None stands for as many as there are processors for
    this process. ValueError when `workers` or `chunk` is less than 1. All processes have ended when it returns.
    """
    # TODO
    raise NotImplementedError("write count_primes")


def parallel_map(fn: Callable[[Any], Any], items: Iterable[Any], workers: int, chunk: int = 1) -> list[Any]:
    """[fn(item) for item in items], computed by `workers` processes, `chunk` items at a time.

    * `fn` is a function at the top level of a module; items and results can be pickled.
    * The results come in the order of the items, whichever is ready first.
    * A worker is asked once for each chunk, and answers once: one message there, one back.
    * An exception in `fn` comes out of parallel_map: same type, same arguments. ValueError when `workers` or
      `chunk` is less than 1.
    * However it ends: all processes have ended, and nothing is left open.
    """
    # TODO
    raise NotImplementedError("write parallel_map")


def choose(kind: str) -> str:
    """What makes a program of this kind faster in Python: "threads" or "processes"?

    "io": most of the time it waits (for the network, for a disk, for people). "cpu": it computes, in Python.
    ValueError for any other kind. Write the reason into a comment: one sentence each.
    """
    # TODO
    raise NotImplementedError("write choose")
