"""SCTBench CS/arithmetic_prog: the consumer adds the items that there are."""

import threading

ALLOWED = [3]
EXHAUSTED = True
ITEMS = 3


def main():
    lock, total, full = threading.Lock(), [0], [False]
    emptied, filled = threading.Condition(lock), threading.Condition(lock)

    def produce():
        for _ in range(ITEMS):
            with lock:
                while full[0]:
                    emptied.wait()
                full[0] = True
                filled.notify()

    def consume():
        for item in range(ITEMS):
            with lock:
                while not full[0]:
                    filled.wait()
                total[0] += item
                full[0] = False
                emptied.notify()

    threads = [threading.Thread(target=produce), threading.Thread(target=consume)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return total[0]
