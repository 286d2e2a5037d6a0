"""Queues that are full, empty, or in time."""

import queue


def main():
    q = queue.Queue(1)
    r = []
    try:
        q.get(timeout=0.1)
    except queue.Empty:
        r.append("e")
    q.put(1)
    try:
        q.put(2, timeout=0.1)
    except queue.Full:
        r.append("f")
    try:
        q.put_nowait(2)
    except queue.Full:
        r.append("f")
    return r, q.full()
