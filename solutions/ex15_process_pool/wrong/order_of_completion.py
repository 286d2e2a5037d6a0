# fails: keeps_the_order (wrong)
# The results come as they are ready.
from concurrent.futures import ProcessPoolExecutor, as_completed


def count_primes(limit, workers=None, chunk=10_000):
    pieces = [(first, min(first + chunk, limit)) for first in range(0, limit, chunk)]
    with ProcessPoolExecutor(workers) as pool:
        return sum(pool.map(primes_between, pieces))


def parallel_map(fn, items, workers, chunk=1):
    if chunk < 1:
        raise ValueError(chunk)
    items = list(items)
    with ProcessPoolExecutor(workers) as pool:
        parts = [pool.submit(run, fn, items[a : a + chunk]) for a in range(0, len(items), chunk)]
        return [result for part in as_completed(parts) for result in part.result()]


def run(fn, part):
    return [fn(item) for item in part]


def primes_between(bounds):
    first, stop = bounds
    return sum(1 for n in range(max(first, 2), stop) if all(n % d for d in range(2, int(n**0.5) + 1)))


def choose(kind):
    try:
        return {"io": "threads", "cpu": "processes"}[kind]
    except KeyError:
        raise ValueError(kind) from None
