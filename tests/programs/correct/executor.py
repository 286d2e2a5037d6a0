"""The futures of an executor give each result once."""

from concurrent.futures import ThreadPoolExecutor

ALLOWED = [[0, 1, 4]]
EXHAUSTED = False


def main():
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda number: number * number, range(3)))
