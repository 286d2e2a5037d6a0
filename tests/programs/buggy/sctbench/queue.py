"""SCTBench CS/queue: who dequeues counts turns, not items, and compares the item with the wrong one."""

import threading

ALLOWED = ["dequeued in order"]
ENDING = "raised"
IDIOM = ""
PREEMPTIONS = 1
SIZE = 20


class Ring:
    def __init__(self):
        self.items = [None] * (SIZE + 1)
        self.head = self.tail = 0

    def enqueue(self, item):
        self.items[self.tail] = item
        self.tail = (self.tail + 1) % len(self.items)

    def dequeue(self):
        item = self.items[self.head]
        self.head = (self.head + 1) % len(self.items)
        return item


def main():
    ring, stored, lock = Ring(), [None] * SIZE, threading.Lock()
    may = {"enqueue": True, "dequeue": False}

    def enqueue():
        value = 0
        with lock:
            ring.enqueue(value)
            stored[0] = value
        for turn in range(1, SIZE):
            with lock:
                if may["enqueue"]:
                    value += 1
                    ring.enqueue(value)
                    stored[turn] = value
                    may.update(enqueue=False, dequeue=True)

    def dequeue():
        for turn in range(SIZE):
            with lock:
                if may["dequeue"]:
                    assert ring.dequeue() == stored[turn]
                    may.update(enqueue=True, dequeue=False)

    threads = [threading.Thread(target=enqueue), threading.Thread(target=dequeue)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "dequeued in order"
