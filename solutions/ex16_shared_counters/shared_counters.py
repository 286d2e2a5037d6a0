"""ex16: counting in several processes. The reference; why it is so stands at the lines."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from typing import Any


class SharedCounter:
    def __init__(self) -> None:
        # Made here and not at import: so it is handed over as an argument, under every start method.
        self._value = multiprocessing.Value("q", 0)

    def increment(self, n: int = 1) -> None:
        # The value takes this lock by itself for each read and each write; += is both, so hold it over both.
        with self._value.get_lock():
            self._value.value += n

    @property
    def value(self) -> int:
        return self._value.value


def histogram(chunks: list[list[int]], bins: int) -> list[int]:
    counts = multiprocessing.Array("q", bins)
    children = [multiprocessing.Process(target=_add_up, args=(chunk, counts)) for chunk in chunks]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return counts[:]


def _add_up(chunk: list[int], counts: Any) -> None:
    # Counted alone, merged once: the lock is taken a single time, however long the chunk.
    mine = Counter(chunk)
    with counts.get_lock():
        for number, often in mine.items():
            counts[number] += often


def count_words(files: list[str], workers: int) -> dict[str, int]:
    results: Any = multiprocessing.Queue()
    children = [
        multiprocessing.Process(target=_count, args=(files[first::workers], results)) for first in range(workers)
    ]
    for child in children:
        child.start()
    # Before they are joined: a child does not end until what it has put into the queue has been taken out.
    counted = [results.get() for _ in children]
    for child in children:
        child.join()
    results.close()
    results.join_thread()
    total: Counter[str] = Counter()
    for words, error in counted:
        if error:
            raise RuntimeError(f"a file could not be counted: {error}")
        total.update(words)
    return dict(total)


def _count(files: list[str], results: Any) -> None:
    words: Counter[str] = Counter()
    try:
        for name in files:
            with open(name, encoding="utf-8") as file:
                words.update(file.read().split())
    except Exception as error:
        # Else the child would end, and the parent wait for ever for its counts.
        results.put(({}, repr(error)))
    else:
        results.put((dict(words), ""))
