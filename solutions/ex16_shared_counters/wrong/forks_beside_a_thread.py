# fails: counts_words (deadlock), words_lose_nothing (deadlock), uses_processes_and_joins_them (deadlock), a_file_that_cannot_be_read_is_no_secret (deadlock), counts_long_words (deadlock)
# a thread holds a lock while processes are forked: their copies of it are locked for ever

import multiprocessing
import threading
from collections import Counter

screen = threading.Lock()


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
    results = multiprocessing.Queue()
    begun, over = threading.Event(), threading.Event()
    shows = threading.Thread(target=show_progress, args=(begun, over))
    shows.start()
    begun.wait()
    children = [multiprocessing.Process(target=count, args=(files[i::workers], results)) for i in range(workers)]
    for child in children:
        child.start()
    counted = [results.get() for _ in children]
    for child in children:
        child.join()
    over.set()
    shows.join()
    results.close()
    results.join_thread()
    total = Counter()
    for part in counted:
        if part is None:
            raise RuntimeError("a file could not be read")
        total.update(part)
    return dict(total)


def show_progress(begun, over):
    with screen:
        begun.set()
        over.wait()


def count(files, results):
    words = Counter()
    with screen:
        print(f"counting {len(files)} files")
    try:
        for name in files:
            with open(name, encoding="utf-8") as file:
                words.update(file.read().split())
    except OSError:
        results.put(None)
    else:
        results.put(dict(words))
