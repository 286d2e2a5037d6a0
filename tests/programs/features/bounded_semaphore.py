"""BoundedSemaphore: blocking, not blocking, with a timeout."""

import threading


def main():
    s = threading.BoundedSemaphore(2)
    a = s.acquire()
    b = s.acquire(blocking=False)
    c = s.acquire(timeout=0.01)
    s.release(2) if False else (s.release(), s.release())
    return a, b, c
