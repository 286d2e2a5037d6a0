"""The condition is on the lock itself, which waiting gives back."""

import threading

ALLOWED = [[1]]
EXHAUSTED = True


class Store:
    def __init__(self):
        self.lock = threading.Lock()
        self.filled = threading.Condition(self.lock)
        self.items = []

    def put(self, item):
        with self.lock:
            self.items.append(item)
            self.filled.notify()

    def get(self):
        with self.lock:
            while not self.items:
                self.filled.wait()
            return self.items.pop()


def main():
    store, got = Store(), []
    threads = [threading.Thread(target=lambda: got.append(store.get())), threading.Thread(target=store.put, args=(1,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got
