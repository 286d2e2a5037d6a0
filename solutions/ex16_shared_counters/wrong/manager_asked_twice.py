# fails: words_lose_nothing (race)
# the manager's dictionary is asked, and told, and has no lock in between

import multiprocessing
from collections import Counter


class SharedCounter:
    def __init__(self):
        self._value = multiprocessing.Value("q", 0)

    def increment(self, n=1):
        with self._value.get_lock():
            self._value.value += n

    @property
    def value(self):
        return self._value.value


def histogram(chunks, bins):
    counts = multiprocessing.Array("q", bins)
    children = [multiprocessing.Process(target=add_up, args=(chunk, counts)) for chunk in chunks]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return counts[:]


def add_up(chunk, counts):
    for number in chunk:
        with counts.get_lock():
            counts[number] += 1


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
    for name in files:
        with open(name, encoding="utf-8") as file:
            words = Counter(file.read().split())
        for word, often in words.items():
            shared[word] = shared.get(word, 0) + often
