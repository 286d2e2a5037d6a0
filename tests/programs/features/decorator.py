"""A decorator that locks."""

import functools
import threading


def locked(f):
    k = threading.Lock()

    @functools.wraps(f)
    def w(*a, **b):
        with k:
            return f(*a, **b)

    return w


n = 0


@locked
def inc():
    global n
    n += 1


def main():
    ts = [threading.Thread(target=inc) for _ in range(3)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return n, inc.__name__
