"""SCTBench inspect/qsort_mt: a helper that has been given work may be woken before it knows what work.

Whoever hands work out marks a helper as working without the lock under which the helper looks at the mark.
"""

import threading

ALLOWED = [[[1, 2], [3, 4]]]
ENDING = "raised"
IDIOM = "early publication"
PREEMPTIONS = 1


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
        self.state = "works"
        with self.changed:
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
