# fails: works_in_as_many_processes (wrong), two_workers_are_faster (too-slow), primes_are_counted_by_workers (wrong)
# Threads: concurrent, never parallel while they compute.
from concurrent.futures import ThreadPoolExecutor


def count_primes(limit, workers=None, chunk=10_000):
    pieces = [(first, min(first + chunk, limit)) for first in range(0, limit, chunk)]
    with ThreadPoolExecutor(workers) as pool:
        return sum(pool.map(primes_between, pieces))


def parallel_map(fn, items, workers, chunk=1):
    if chunk < 1:
        raise ValueError(chunk)
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(fn, items))


def primes_between(bounds):
    first, stop = bounds
    return sum(1 for n in range(max(first, 2), stop) if all(n % d for d in range(2, int(n**0.5) + 1)))


def choose(kind):
    try:
        return {"io": "threads", "cpu": "processes"}[kind]
    except KeyError:
        raise ValueError(kind) from None
