# fails: works_under_spawn (crash)
# The function reaches the workers only because a fork copies everything.
from concurrent.futures import ProcessPoolExecutor


def count_primes(limit, workers=None, chunk=10_000):
    pieces = [(first, min(first + chunk, limit)) for first in range(0, limit, chunk)]
    with ProcessPoolExecutor(workers) as pool:
        return sum(pool.map(primes_between, pieces))


job = None


def parallel_map(fn, items, workers, chunk=1):
    global job
    job = fn
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(run, items, chunksize=chunk))


def run(item):
    return job(item)


def primes_between(bounds):
    first, stop = bounds
    return sum(1 for n in range(max(first, 2), stop) if all(n % d for d in range(2, int(n**0.5) + 1)))


def choose(kind):
    try:
        return {"io": "threads", "cpu": "processes"}[kind]
    except KeyError:
        raise ValueError(kind) from None
