"""SCTBench CS/arithmetic_prog: the consumer adds one item more than there are, in every order."""

import threading

ALLOWED = [3]
ENDING = "done"
IDIOM = ""
PREEMPTIONS = 0
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
        total[0] += ITEMS

    threads = [threading.Thread(target=produce), threading.Thread(target=consume)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return total[0]
