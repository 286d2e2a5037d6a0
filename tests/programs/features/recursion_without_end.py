"""A recursion that never ends, in a thread."""

import threading


def main():
    r = []

    def f(n):
        return f(n + 1)

    def w():
        try:
            f(0)
        except RecursionError:
            r.append("deep")

    t = threading.Thread(target=w)
    t.start()
    t.join()
    return r
