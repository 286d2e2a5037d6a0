"""A barrier that is broken, and put right."""

import threading


def main():
    b = threading.Barrier(2)
    r = []

    def w():
        try:
            b.wait()
        except threading.BrokenBarrierError:
            r.append("broken")

    t = threading.Thread(target=w)
    t.start()
    b.abort()
    t.join()
    b.reset()
    return r, b.broken
