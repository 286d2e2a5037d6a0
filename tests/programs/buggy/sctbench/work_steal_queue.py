"""SCTBench chess/WorkStealQueue: a push may overwrite the item that a thief has just claimed.

The protocol THE of Frigo, Leiserson, Randall, "The implementation of the Cilk-5 multithreaded language" (PLDI 1998).
"""

import threading

ALLOWED = [[0, 1, 2, 3]]
ENDING = "done"
IDIOM = "change between two looks"
PREEMPTIONS = 1
STEALERS = 1
ITEMS = 4


class Queue:
    """Its owner pushes and pops at the tail without a lock, thieves take from the head under one."""

    def __init__(self, size):
        self.head = self.tail = 0
        self.items = [None] * size
        self.lock = threading.Lock()

    def push(self, item):
        tail = self.tail
        if tail < self.head + len(self.items):
            self.items[tail % len(self.items)] = item
            self.tail = tail + 1
        else:
            self.push_alone(item)

    def push_alone(self, item):
        with self.lock:
            head, count = self.head, self.tail - self.head
            kept = [self.items[(head + place) % len(self.items)] for place in range(count)]
            self.items = kept + [None] * (2 * len(self.items) - count)
            self.items[count] = item
            self.head, self.tail = 0, count + 1

    def pop(self):
        tail = self.tail - 1
        self.tail = tail
        if self.head <= tail:
            return self.items[tail % len(self.items)]
        self.tail = tail + 1
        return self.pop_alone()

    def pop_alone(self):
        with self.lock:
            tail = self.tail - 1
            self.tail = tail
            if self.head <= tail:
                return self.items[tail % len(self.items)]
            self.head = self.tail = 0
            return None

    def steal(self):
        with self.lock:
            head = self.head
            self.head = head + 1
            if head < self.tail:
                return self.items[head % len(self.items)]
            self.head = head
            return None


def main():
    queue, done = Queue(2), []

    def steal():
        for _ in range(2):
            done.append(queue.steal())

    thieves = [threading.Thread(target=steal) for _ in range(STEALERS)]
    for thief in thieves:
        thief.start()
    for item in range(0, ITEMS, 2):
        queue.push(item)
        queue.push(item + 1)
        done.append(queue.pop())
    for _ in range(ITEMS // 2):
        done.append(queue.pop())
    for thief in thieves:
        thief.join()
    return sorted(item for item in done if item is not None)
