"""Class attributes, class methods, static methods."""

import threading


class C:
    n = 0
    k = threading.Lock()

    @classmethod
    def inc(cls):
        with cls.k:
            cls.n += 1

    @staticmethod
    def two():
        return 2


def main():
    ts = [threading.Thread(target=C.inc) for _ in range(2)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return C.n, C().two()
