"""Recursion."""

import threading


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def main():
    r = []
    t = threading.Thread(target=lambda: r.append(fib(10)))
    t.start()
    t.join()

    def deep(n):
        return 0 if n == 0 else 1 + deep(n - 1)

    return r, deep(300)
