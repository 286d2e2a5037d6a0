"""A semaphore that lets two in is used as a lock."""

import threading

ALLOWED = [2]
ENDING = "done"
IDIOM = "lost update"
PREEMPTIONS = 1


class Counter:
    def __init__(self):
        self.count = 0
        self.guard = threading.Semaphore(2)

    def add(self):
        with self.guard:
            self.count += 1


def main():
    counter = Counter()
    threads = [threading.Thread(target=counter.add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counter.count
