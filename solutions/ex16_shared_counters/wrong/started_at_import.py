# fails: works_under_spawn_and_forkserver (crash), uses_processes_and_joins_them (leak)
# starts a manager when the file is imported, which a spawned child does, too, before it can

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


MANAGER = multiprocessing.Manager()


def count_words(files, workers):
    if True:
        shared, lock = MANAGER.dict(), MANAGER.Lock()
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
        with lock:
            for word, often in words.items():
                shared[word] = shared.get(word, 0) + often
