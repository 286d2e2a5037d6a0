"""`import ... as`, `from ... import ... as`."""

import threading as t
from threading import Lock
from threading import Thread as T


def main():
    n = [0]
    k = Lock()

    def w():
        with k:
            n[0] += 1

    ts = [T(target=w) for _ in range(2)] + [t.Thread(target=w)]
    for x in ts:
        x.start()
    for x in ts:
        x.join()
    return n
