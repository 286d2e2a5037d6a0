"""Asked and removed under the lock."""

import threading

ALLOWED = [[]]
EXHAUSTED = True


class Bell:
    def __init__(self):
        self.listeners = ["a"]
        self.lock = threading.Lock()

    def leave(self, name):
        with self.lock:
            if name in self.listeners:
                self.listeners.remove(name)


def main():
    bell = Bell()
    threads = [threading.Thread(target=bell.leave, args=("a",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return bell.listeners
