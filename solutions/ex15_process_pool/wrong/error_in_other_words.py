# fails: errors_come_out (wrong), leaves_nothing_behind (wrong)
# Another type comes out than went in.
from concurrent.futures import ProcessPoolExecutor


def count_primes(limit, workers=None, chunk=10_000):
    pieces = [(first, min(first + chunk, limit)) for first in range(0, limit, chunk)]
    with ProcessPoolExecutor(workers) as pool:
        return sum(pool.map(primes_between, pieces))


def parallel_map(fn, items, workers, chunk=1):
    with ProcessPoolExecutor(workers) as pool:
        results = pool.map(fn, items, chunksize=chunk)
        try:
            return list(results)
        except Exception as error:
            raise RuntimeError(f"a worker failed: {error}") from error


def primes_between(bounds):
    first, stop = bounds
    return sum(1 for n in range(max(first, 2), stop) if all(n % d for d in range(2, int(n**0.5) + 1)))


def choose(kind):
    try:
        return {"io": "threads", "cpu": "processes"}[kind]
    except KeyError:
        raise ValueError(kind) from None
