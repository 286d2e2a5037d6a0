"""One worker waits, another one does the task."""

from concurrent.futures import ThreadPoolExecutor

ALLOWED = [7]
EXHAUSTED = True


def main():
    with ThreadPoolExecutor(2) as pool:

        def outer():
            return pool.submit(int, 7).result()

        return pool.submit(outer).result()
