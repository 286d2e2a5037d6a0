"""One condition for "not empty" and "not full": notify() may wake a thread of the wrong kind."""

import threading

ALLOWED = [[1, 2]]
ENDING = "deadlock"
IDIOM = "wrong waiter woken"
PREEMPTIONS = 0


class Buffer:
    def __init__(self):
        self.items = []
        self.changed = threading.Condition()

    def put(self, item):
        with self.changed:
            while self.items:
                self.changed.wait()
            self.items.append(item)
            self.changed.notify()

    def get(self):
        with self.changed:
            while not self.items:
                self.changed.wait()
            item = self.items.pop()
            self.changed.notify()
            return item


def main():
    buffer, got = Buffer(), []
    threads = [threading.Thread(target=lambda: got.append(buffer.get())) for _ in range(2)]
    threads += [threading.Thread(target=buffer.put, args=(item,)) for item in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(got)
