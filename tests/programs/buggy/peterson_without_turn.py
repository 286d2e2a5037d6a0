"""Peterson's algorithm with the flag raised too late."""

import threading

ALLOWED = [2]
ENDING = "done"
IDIOM = "lost update"
PREEMPTIONS = 2


class Peterson:
    def __init__(self):
        self.wants = [False, False]
        self.turn = 0
        self.count = 0

    def add(self, me):
        other = 1 - me
        self.turn = other
        while self.wants[other] and self.turn == other:
            pass
        self.wants[me] = True
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
