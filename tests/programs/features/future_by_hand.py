"""A Future that nobody's pool made."""

import threading
from concurrent.futures import Future


def main():
    f = Future()
    r = []
    t = threading.Thread(target=lambda: r.append(f.result()))
    t.start()
    f.set_result(4)
    t.join()
    return r
