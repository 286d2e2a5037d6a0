"""SCTBench CS/sync02: two items are there from the start: nobody ever takes the last that is produced."""

import threading

ALLOWED = [0]
ENDING = "deadlock"
IDIOM = "lost wake-up"
PREEMPTIONS = 0


def main():
    lock, number = threading.Lock(), [2]
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
