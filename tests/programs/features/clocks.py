"""Each clock gets on while one sleeps."""

import time


def main():
    a = time.monotonic()
    b = time.perf_counter()
    c = time.time()
    time.sleep(0.01)
    return (
        time.monotonic() >= a + 0.01,
        time.perf_counter() >= b + 0.01,
        time.time() >= c + 0.009,
        time.monotonic_ns() > 0,
    )
