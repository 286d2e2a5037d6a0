# fails: uses_processes_and_joins_them (leak)
# closes its shared memory and never unlinks it: it would be there after the program, too

import multiprocessing
from collections import Counter
from multiprocessing import shared_memory


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
    segment = shared_memory.SharedMemory(create=True, size=8 * bins + 8)
    lock = multiprocessing.Lock()
    children = [multiprocessing.Process(target=add_up, args=(chunk, segment.name, lock)) for chunk in chunks]
    for child in children:
        child.start()
    for child in children:
        child.join()
    counts = [int.from_bytes(segment.buf[8 * number : 8 * number + 8], "little") for number in range(bins)]
    segment.close()
    return counts


def add_up(chunk, name, lock):
    segment = shared_memory.SharedMemory(name)
    for number in chunk:
        place = slice(8 * number, 8 * number + 8)
        with lock:
            segment.buf[place] = (int.from_bytes(segment.buf[place], "little") + 1).to_bytes(8, "little")
    segment.close()


def count_words(files, workers):
    results = multiprocessing.Queue()
    children = [multiprocessing.Process(target=count, args=(files[i::workers], results)) for i in range(workers)]
    for child in children:
        child.start()
    counted = [results.get() for _ in children]
    for child in children:
        child.join()
    results.close()
    results.join_thread()
    total = Counter()
    for part in counted:
        if part is None:
            raise RuntimeError("a file could not be read")
        total.update(part)
    return dict(total)


def count(files, results):
    words = Counter()
    try:
        for name in files:
            with open(name, encoding="utf-8") as file:
                words.update(file.read().split())
    except OSError:
        results.put(None)
    else:
        results.put(dict(words))
