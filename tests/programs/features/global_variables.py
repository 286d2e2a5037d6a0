"""Globals."""

import threading

N = 0
k = threading.Lock()


def w():
    global N
    with k:
        N += 1


def main():
    ts = [threading.Thread(target=w) for _ in range(2)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return N, globals()["N"]
