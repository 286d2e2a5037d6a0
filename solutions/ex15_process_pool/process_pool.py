"""The reference: one executor for each call, in a `with`, so that it ends its workers whatever happens."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from math import isqrt
from typing import Any


def count_primes(limit: int, workers: int | None = None, chunk: int = 10_000) -> int:
    """One range there, one number back: what is computed is large, what is sent is small."""
    if chunk < 1:
        raise ValueError(f"chunk must be at least 1, not {chunk}")
    starts = range(0, limit, chunk)
    with ProcessPoolExecutor(_processors() if workers is None else workers) as pool:
        return sum(pool.map(_primes_between, starts, repeat(chunk), repeat(limit)))


def parallel_map(fn: Callable[[Any], Any], items: Iterable[Any], workers: int, chunk: int = 1) -> list[Any]:
    """map keeps the order and raises what a worker raised; chunksize makes one message of a chunk."""
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(fn, items, chunksize=chunk))


def choose(kind: str) -> str:
    if kind == "io":
        return "threads"  # whoever waits lets go of the interpreter lock: threads are enough, and cheap
    if kind == "cpu":
        return "processes"  # whoever computes in Python holds the lock: only another process has another one
    raise ValueError(f"{kind!r} is neither 'io' nor 'cpu'")


def _primes_between(start: int, chunk: int, limit: int) -> int:
    return sum(map(_is_prime, range(start, min(start + chunk, limit))))


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, isqrt(number) + 1))


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
