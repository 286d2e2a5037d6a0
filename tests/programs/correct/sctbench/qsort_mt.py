"""SCTBench inspect/qsort_mt: the mark and the work are given under the lock under which the helper looks."""

import threading

ALLOWED = [[[1, 2], [3, 4]]]
EXHAUSTED = True


class Helper:
    def __init__(self):
        self.state = "idle"
        self.work = None
        self.changed = threading.Condition()

    def run(self):
        with self.changed:
            while self.state == "idle":
                self.changed.wait()
        self.work.sort()

    def give(self, work):
        with self.changed:
            self.state = "works"
            self.work = work
            self.changed.notify()


def main():
    low, high, helper = [2, 1], [4, 3], Helper()
    threads = [threading.Thread(target=helper.run)]
    threads[0].start()
    helper.give(high)
    low.sort()
    threads[0].join()
    return [low, high]
