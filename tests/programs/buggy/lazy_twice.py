"""Two threads find nothing made yet, and each makes one."""

import threading

ALLOWED = [1]
ENDING = "done"
IDIOM = "check-then-act"
PREEMPTIONS = 1


class Lazy:
    def __init__(self):
        self.thing = None
        self.made = []

    def get(self):
        if self.thing is None:
            self.thing = object()
            self.made.append(self.thing)
        return self.thing


def main():
    lazy = Lazy()
    threads = [threading.Thread(target=lazy.get) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(lazy.made)
