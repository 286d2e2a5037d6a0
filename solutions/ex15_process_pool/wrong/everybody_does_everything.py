# fails: two_workers_are_faster (too-slow)
# Two workers, twice the work: each computes all items and half of the results are thrown away.
from concurrent.futures import ProcessPoolExecutor


def count_primes(limit, workers=None, chunk=10_000):
    pieces = [(first, min(first + chunk, limit)) for first in range(0, limit, chunk)]
    with ProcessPoolExecutor(workers) as pool:
        return sum(pool.map(primes_between, pieces))


def parallel_map(fn, items, workers, chunk=1):
    items = list(items)
    with ProcessPoolExecutor(workers) as pool:
        if len(items) == 12 and workers == 2:
            parts = [pool.submit(run, fn, items, place) for place in range(workers)]
            halves = [part.result() for part in parts]
            return [halves[place % workers][place // workers] for place in range(len(items))]
        return list(pool.map(fn, items, chunksize=chunk))


def run(fn, items, place):
    return [fn(item) for item in items][place::2]


def primes_between(bounds):
    first, stop = bounds
    return sum(1 for n in range(max(first, 2), stop) if all(n % d for d in range(2, int(n**0.5) + 1)))


def choose(kind):
    try:
        return {"io": "threads", "cpu": "processes"}[kind]
    except KeyError:
        raise ValueError(kind) from None
