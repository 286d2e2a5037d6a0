"""The only worker waits for a task that only it could do."""

from concurrent.futures import ThreadPoolExecutor

ALLOWED = [7]
ENDING = "deadlock"
IDIOM = ""
PREEMPTIONS = 0


def main():
    with ThreadPoolExecutor(1) as pool:

        def outer():
            return pool.submit(int, 7).result()

        return pool.submit(outer).result()
