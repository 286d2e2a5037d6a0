"""Looked at without the lock, and again under it: made once."""

import threading

ALLOWED = [1]
EXHAUSTED = True


class Lazy:
    def __init__(self):
        self.thing = None
        self.made = []
        self.lock = threading.Lock()

    def get(self):
        if self.thing is None:
            with self.lock:
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
