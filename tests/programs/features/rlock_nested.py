"""An RLock taken again by its holder."""

import threading


def main():
    r = threading.RLock()
    n = [0]

    def w(d=3):
        with r:
            n[0] += 1
            if d:
                w(d - 1)

    ts = [threading.Thread(target=w) for _ in range(2)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return n
