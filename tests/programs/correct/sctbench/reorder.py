"""SCTBench CS/reorder_N: both halves are set, and looked at, under one lock."""

import threading

SIZES = [3, 4, 5]
ALLOWED = [[1, -1]]
EXHAUSTED = True


class Pair:
    def __init__(self):
        self.a = self.b = 0
        self.lock = threading.Lock()

    def set(self):
        with self.lock:
            self.a = 1
            self.b = -1

    def check(self):
        with self.lock:
            assert (self.a, self.b) in ((0, 0), (1, -1))


def main(size):
    pair = Pair()
    threads = [threading.Thread(target=pair.set) for _ in range(size - 1)]
    threads += [threading.Thread(target=pair.check)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [pair.a, pair.b]
