"""Nothing is shared that two change: each child has a row, a pipe, a number of its own, and the parent adds up."""

import multiprocessing
from collections import Counter

SLOTS = 8


class SharedCounter:
    """One semaphore for the lock, eight bytes of shared memory for the number."""

    def __init__(self):
        self._free = multiprocessing.Semaphore(1)
        self._value = multiprocessing.Value("q", 0, lock=False)

    def increment(self, n=1):
        with self._free:
            self._value.value += n

    @property
    def value(self):
        return self._value.value


def histogram(chunks, bins):
    counts = multiprocessing.RawArray("q", bins * max(len(chunks), 1))
    children = []
    for row, chunk in enumerate(chunks):
        child = multiprocessing.Process(target=fill_row, args=(chunk, counts, row * bins))
        child.start()
        children.append(child)
    for child in children:
        child.join()
    return [sum(counts[number::bins]) for number in range(bins)]


def fill_row(chunk, counts, begin):
    for number in chunk:
        counts[begin + number] += 1


def count_words(files, workers):
    children = []
    for first in range(workers):
        ours, theirs = multiprocessing.Pipe(duplex=False)
        child = multiprocessing.Process(target=count, args=(files[first::workers], theirs))
        child.start()
        theirs.close()
        children.append((child, ours))
    total, missing = Counter(), 0
    for child, ours in children:
        try:
            total.update(ours.recv())
        except EOFError:
            missing += 1
        ours.close()
        child.join()
    if missing:
        raise ChildProcessError(f"{missing} children died")
    return dict(total)


def count(files, theirs):
    words = Counter()
    for name in files:
        with open(name, encoding="utf-8") as file:
            for line in file:
                words.update(line.split())
    theirs.send(words)
