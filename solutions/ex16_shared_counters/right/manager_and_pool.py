"""A manager with a lock of its own; a pool whose workers are given the array when they are started."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor


class SharedCounter:
    def __init__(self):
        self._lock = multiprocessing.Lock()
        self._numbers = multiprocessing.RawArray("q", 1)

    def increment(self, n=1):
        self._lock.acquire()
        try:
            self._numbers[0] = self._numbers[0] + n
        finally:
            self._lock.release()

    @property
    def value(self):
        with self._lock:
            return self._numbers[0]


def histogram(chunks, bins):
    counts = multiprocessing.Array("q", bins)
    if chunks:
        with ProcessPoolExecutor(len(chunks), initializer=keep, initargs=(counts,)) as pool:
            list(pool.map(add_up, chunks))
    return list(counts)


def keep(counts):
    global KEPT
    KEPT = counts


def add_up(chunk):
    with KEPT.get_lock():
        for number in chunk:
            KEPT[number] += 1


def count_words(files, workers):
    with multiprocessing.Manager() as manager:
        shared, lock = manager.dict(), manager.Lock()
        children = [
            multiprocessing.Process(target=count, args=(files[i::workers], shared, lock)) for i in range(workers)
        ]
        for child in children:
            child.start()
        for child in children:
            child.join()
        if any(child.exitcode for child in children):
            raise RuntimeError("a child failed")
        return dict(shared)


def count(files, shared, lock):
    words = Counter()
    for name in files:
        with open(name, encoding="utf-8") as file:
            words.update(file.read().split())
    with lock:
        known = dict(shared)
        shared.update({word: known.get(word, 0) + often for word, often in words.items()})
