"""SCTBench CS/reorder_N: a check comes between the two halves of what many threads set."""

import threading

SIZES = [3, 4, 5, 10, 20, 50, 100]
ALLOWED = [[1, -1]]
ENDING = "raised"
IDIOM = "early publication"
PREEMPTIONS = 1


class Pair:
    def __init__(self):
        self.a = self.b = 0
        self.lock = threading.Lock()

    def set(self):
        self.a = 1
        self.b = -1

    def check(self):
        assert (self.a == 0 and self.b == 0) or (self.a == 1 and self.b == -1)


def main(size):
    pair = Pair()
    threads = [threading.Thread(target=pair.set) for _ in range(size - 1)]
    threads += [threading.Thread(target=pair.check)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [pair.a, pair.b]
