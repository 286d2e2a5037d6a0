"""SCTBench CS/sync01: who is to empty says so without taking anything."""

import threading

ALLOWED = [1]
ENDING = "deadlock"
IDIOM = "lost wake-up"
PREEMPTIONS = 0


def main():
    lock, number = threading.Lock(), [1]
    emptied, filled = threading.Condition(lock), threading.Condition(lock)

    def fill():
        with lock:
            while number[0] > 0:
                emptied.wait()
            number[0] += 1
            filled.notify()

    def empty():
        with lock:
            while number[0] == 0:
                filled.wait()
            emptied.notify()

    threads = [threading.Thread(target=fill), threading.Thread(target=empty)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return number[0]
