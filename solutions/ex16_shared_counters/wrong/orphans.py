# fails: uses_processes_and_joins_them (leak)
# the children start processes of their own, to write a report, and do not wait for them

import multiprocessing
import os
import time
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
    if os.fork() == 0:
        write_report(chunk)
        os._exit(0)


def write_report(chunk):
    with open("report.txt", "a") as file:
        time.sleep(60)
        file.write(f"{len(chunk)} numbers\n")


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
