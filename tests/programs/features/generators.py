"""Generators that hold a lock while they yield."""

import threading


def main():
    k = threading.Lock()

    def g():
        for i in range(3):
            with k:
                yield i

    it = g()
    s = []

    def w():
        for x in g():
            s.append(x)

    t = threading.Thread(target=w)
    t.start()
    t.join()
    return s, list(it)
