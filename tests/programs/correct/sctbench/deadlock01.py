"""SCTBench CS/deadlock01: two locks, always taken in the same order."""

import threading

ALLOWED = [1]
EXHAUSTED = True


def main():
    a, b, counter = threading.Lock(), threading.Lock(), [1]

    def add():
        with a, b:
            counter[0] += 1

    def subtract():
        with a, b:
            counter[0] -= 1

    threads = [threading.Thread(target=add), threading.Thread(target=subtract)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counter[0]
