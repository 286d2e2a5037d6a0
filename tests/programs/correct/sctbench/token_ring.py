"""SCTBench CS/token_ring: each copies its neighbour's number when that has been set."""

import threading

ALLOWED = ["in order"]
EXHAUSTED = True


class Ring:
    def __init__(self):
        self.x1, self.x2, self.x3 = 1, 2, 1
        self.passed = 0
        self.lock = threading.Lock()
        self.set1, self.set2 = threading.Event(), threading.Event()

    def first(self):
        with self.lock:
            self.x1 = (self.x3 + 1) % 4
            self.passed += 1
        self.set1.set()

    def second(self):
        self.set1.wait()
        with self.lock:
            self.x2 = self.x1
            self.passed += 1
        self.set2.set()

    def third(self):
        self.set2.wait()
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
