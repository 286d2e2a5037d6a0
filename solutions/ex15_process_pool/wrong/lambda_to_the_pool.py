# fails: counts_primes (wrong), works_under_spawn (crash), leaves_nothing_behind (crash), primes_are_counted_by_workers (crash)
# A lambda cannot be sent to another process.
from concurrent.futures import ProcessPoolExecutor


def count_primes(limit, workers=None, chunk=10_000):
    with ProcessPoolExecutor(workers) as pool:
        return sum(pool.map(lambda first: primes_between((first, min(first + chunk, limit))), range(0, limit, chunk)))


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
