# fails: leaves_nothing_behind (leak)
# The executors are kept for the next time: their workers wait for ever.
from concurrent.futures import ProcessPoolExecutor

pools = []


def pool_of(workers):
    pools.append(ProcessPoolExecutor(workers))
    return pools[-1]


def count_primes(limit, workers=None, chunk=10_000):
    pieces = [(first, min(first + chunk, limit)) for first in range(0, limit, chunk)]
    return sum(pool_of(workers).map(primes_between, pieces))


def parallel_map(fn, items, workers, chunk=1):
    return list(pool_of(workers).map(fn, items, chunksize=chunk))


def primes_between(bounds):
    first, stop = bounds
    return sum(1 for n in range(max(first, 2), stop) if all(n % d for d in range(2, int(n**0.5) + 1)))


def choose(kind):
    try:
        return {"io": "threads", "cpu": "processes"}[kind]
    except KeyError:
        raise ValueError(kind) from None
