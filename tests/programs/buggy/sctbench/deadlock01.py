"""SCTBench CS/deadlock01: two locks, taken in opposite orders."""

import threading

ALLOWED = [1]
ENDING = "deadlock"
IDIOM = "lock order"
PREEMPTIONS = 1


def main():
    a, b, counter = threading.Lock(), threading.Lock(), [1]

    def add():
        with a, b:
            counter[0] += 1

    def subtract():
        with b, a:
            counter[0] -= 1

    threads = [threading.Thread(target=add), threading.Thread(target=subtract)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counter[0]
