"""submit instead of map: one future a chunk, kept in the order of the chunks."""

import concurrent.futures as futures
import os


def parallel_map(fn, items, workers, chunk=1):
    items = list(items)
    if chunk < 1:
        raise ValueError("chunk must be positive")
    pool = futures.ProcessPoolExecutor(max_workers=workers)
    try:
        parts = [pool.submit(run, fn, items[start : start + chunk]) for start in range(0, len(items), chunk)]
        results = []
        for part in parts:
            results.extend(part.result())
        return results
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def run(fn, part):
    return list(map(fn, part))


def count_primes(limit, workers=None, chunk=10_000):
    if chunk < 1:
        raise ValueError("chunk must be positive")
    ranges = [range(start, min(start + chunk, limit)) for start in range(0, limit, chunk)]
    return sum(parallel_map(count, ranges, os.cpu_count() if workers is None else workers))


def count(numbers):
    primes = 0
    for number in numbers:
        divisor = 2
        while divisor * divisor <= number and number % divisor:
            divisor += 1
        primes += number > 1 and divisor * divisor > number
    return primes


def choose(kind):
    return {"io": lambda: "threads", "cpu": lambda: "processes"}.get(kind, refuse)()


def refuse():
    raise ValueError("neither io nor cpu")
