# fails: counts_primes (wrong)
# limit // chunk pieces: what is left over at the end is in none.
from concurrent.futures import ProcessPoolExecutor


def count_primes(limit, workers=None, chunk=10_000):
    if chunk < 1:
        raise ValueError(chunk)
    pieces = [(first, min(first + chunk, limit)) for first in range(0, limit // chunk * chunk, chunk)]
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
