# fails: chooses (timeout), counts_primes (timeout), keeps_the_order (timeout), errors_come_out (timeout), works_in_as_many_processes (timeout), sends_chunks (timeout), works_under_spawn (timeout), leaves_nothing_behind (timeout), two_workers_are_faster (timeout), primes_are_counted_by_workers (timeout)
# What was for trying it out runs whenever the file is imported, and the workers wait for that import to end.
from concurrent.futures import ProcessPoolExecutor


def count_primes(limit, workers=None, chunk=10_000):
    pieces = [(first, min(first + chunk, limit)) for first in range(0, limit, chunk)]
    with ProcessPoolExecutor(workers) as pool:
        return sum(pool.map(primes_between, pieces))


def parallel_map(fn, items, workers, chunk=1):
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(fn, items, chunksize=chunk))


def primes_between(bounds):
    first, stop = bounds
    return sum(1 for n in range(max(first, 2), stop) if all(n % d for d in range(2, int(n**0.5) + 1)))


def choose(kind):
    try:
        return {"io": "threads", "cpu": "processes"}[kind]
    except KeyError:
        raise ValueError(kind) from None


found = count_primes(100, 2, 50)
