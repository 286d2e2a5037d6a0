"""SCTBench CS/twostage_N: each value has its lock, but who reads may come between the two."""

import threading

SIZES = [2, 20, 50, 100]
ALLOWED = [[1, 2]]
ENDING = "raised"
IDIOM = "early publication"
PREEMPTIONS = 1


class Stages:
    def __init__(self):
        self.first = self.second = 0
        self.first_lock, self.second_lock = threading.Lock(), threading.Lock()

    def write(self):
        with self.first_lock:
            self.first = 1
        with self.second_lock:
            self.second = self.first + 1

    def read(self):
        with self.first_lock:
            first = self.first
        if first:
            with self.second_lock:
                second = self.second
            assert second == first + 1


def main(size):
    stages = Stages()
    threads = [threading.Thread(target=stages.write) for _ in range(size - 1)]
    threads += [threading.Thread(target=stages.read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [stages.first, stages.second]
