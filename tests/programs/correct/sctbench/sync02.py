"""SCTBench CS/sync02: nothing is there at the start."""

import threading

ALLOWED = [0]
EXHAUSTED = True


def main():
    lock, number = threading.Lock(), [0]
    emptied, filled = threading.Condition(lock), threading.Condition(lock)

    def produce():
        for _ in range(2):
            with lock:
                while number[0] > 0:
                    emptied.wait()
                number[0] += 1
                filled.notify()

    def consume():
        for _ in range(2):
            with lock:
                while number[0] == 0:
                    filled.wait()
                number[0] -= 1
                emptied.notify()

    threads = [threading.Thread(target=produce), threading.Thread(target=consume)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return number[0]
