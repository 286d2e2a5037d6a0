"""`contextmanager`, `ExitStack`, a nonlocal variable."""

import threading
from contextlib import ExitStack, contextmanager

k = threading.Lock()


@contextmanager
def held():
    k.acquire()
    try:
        yield 1
    finally:
        k.release()


def main():
    n = 0

    def w():
        nonlocal n
        with held():
            n += 1
        with ExitStack() as s:
            s.enter_context(k)
            n += 1

    ts = [threading.Thread(target=w) for _ in range(2)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return n, k.locked()
