"""Peterson's algorithm: mutual exclusion by reads and writes alone."""

import threading

ALLOWED = [2]
EXHAUSTED = True


class Peterson:
    def __init__(self):
        self.wants = [False, False]
        self.turn = 0
        self.count = 0

    def add(self, me):
        other = 1 - me
        self.wants[me] = True
        self.turn = other
        while self.wants[other] and self.turn == other:
            pass
        self.count += 1
        self.wants[me] = False


def main():
    peterson = Peterson()
    threads = [threading.Thread(target=peterson.add, args=(me,)) for me in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return peterson.count
