"""Each kind of queue."""

import queue


def main():
    a = queue.LifoQueue()
    b = queue.PriorityQueue()
    c = queue.SimpleQueue()
    for x in (2, 1, 3):
        a.put(x)
        b.put(x)
        c.put(x)
    return [q.get() for q in (a, a, a, b, b, b, c, c, c)]
