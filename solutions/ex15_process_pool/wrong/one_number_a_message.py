# fails: primes_are_counted_by_workers (wrong)
# count_primes sends every number by itself.
from concurrent.futures import ProcessPoolExecutor


def count_primes(limit, workers=None, chunk=10_000):
    if chunk < 1:
        raise ValueError(chunk)
    with ProcessPoolExecutor(workers) as pool:
        return sum(pool.map(is_prime, range(limit)))


def parallel_map(fn, items, workers, chunk=1):
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(fn, items, chunksize=chunk))


def is_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def choose(kind):
    try:
        return {"io": "threads", "cpu": "processes"}[kind]
    except KeyError:
        raise ValueError(kind) from None
