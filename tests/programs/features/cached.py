"""`functools.lru_cache` shared by threads."""

import functools
import threading


@functools.lru_cache
def f(x):
    return x * 2


def main():
    r = []
    ts = [threading.Thread(target=lambda: r.append(f(3))) for _ in range(2)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return r
