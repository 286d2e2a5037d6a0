"""Whoever waits for the first of two tasks takes the shared result for complete."""

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

ALLOWED = [2]
ENDING = "done"
IDIOM = "unenforced order"
PREEMPTIONS = 0


def main():
    found = []
    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(found.append, number) for number in (1, 2)]
        wait(tasks, return_when=FIRST_COMPLETED)
        return len(found)
