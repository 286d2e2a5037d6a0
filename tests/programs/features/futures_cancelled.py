"""Cancel, timeouts, shutdown."""

import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor, TimeoutError


def main():
    g = threading.Event()
    p = ThreadPoolExecutor(1)
    started = threading.Event()

    def hold():
        started.set()
        g.wait()
        return 1

    a = p.submit(hold)
    started.wait()
    b = p.submit(int)
    c = b.cancel()
    try:
        a.result(timeout=0.01)
        r = "?"
    except TimeoutError:
        r = "timeout"
    g.set()
    x = a.result()
    p.shutdown(wait=True, cancel_futures=True)
    try:
        b.result()
        y = "?"
    except CancelledError:
        y = "cancelled"
    try:
        p.submit(int)
        z = "?"
    except RuntimeError:
        z = "shut"
    return c, r, x, y, z, b.cancelled(), a.done(), a.running()
