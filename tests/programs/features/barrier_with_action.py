"""Barrier with an action."""

import threading


def main():
    out = []
    b = threading.Barrier(3, action=lambda: out.append("x"), timeout=5)
    k = threading.Lock()

    def w():
        i = b.wait()
        with k:
            out.append(i)

    ts = [threading.Thread(target=w) for _ in range(3)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return out[0], sorted(out[1:]), b.n_waiting, b.broken
