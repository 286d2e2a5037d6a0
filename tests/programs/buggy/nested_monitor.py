"""Who waits gives back the condition's lock, and keeps the other one."""

import threading

ALLOWED = [[1]]
ENDING = "deadlock"
IDIOM = "nested monitor"
PREEMPTIONS = 0


class Store:
    def __init__(self):
        self.lock = threading.Lock()
        self.filled = threading.Condition()
        self.items = []

    def put(self, item):
        with self.lock, self.filled:
            self.items.append(item)
            self.filled.notify()

    def get(self):
        with self.lock, self.filled:
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
