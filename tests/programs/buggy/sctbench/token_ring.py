"""SCTBench CS/token_ring: each copies its neighbour's number, in any order."""

import threading

ALLOWED = ["in order"]
ENDING = "raised"
IDIOM = "unenforced order"
PREEMPTIONS = 0


class Ring:
    def __init__(self):
        self.x1, self.x2, self.x3 = 1, 2, 1
        self.passed = 0
        self.lock = threading.Lock()

    def first(self):
        with self.lock:
            self.x1 = (self.x3 + 1) % 4
            self.passed += 1

    def second(self):
        with self.lock:
            self.x2 = self.x1
            self.passed += 1

    def third(self):
        with self.lock:
            self.x3 = self.x2
            self.passed += 1

    def check(self):
        with self.lock:
            assert self.passed < 3 or self.x1 == self.x2 == self.x3


def main():
    ring = Ring()
    threads = [threading.Thread(target=work) for work in (ring.first, ring.second, ring.third, ring.check)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "in order"
