# fails: works_in_as_many_processes (wrong), two_workers_are_faster (too-slow), primes_are_counted_by_workers (wrong)
# Right results, nobody else works.


def count_primes(limit, workers=None, chunk=10_000):
    if workers is not None and workers < 1 or chunk < 1:
        raise ValueError
    return primes_between((0, limit))


def parallel_map(fn, items, workers, chunk=1):
    if workers is not None and workers < 1 or chunk < 1:
        raise ValueError
    return [fn(item) for item in items]


def primes_between(bounds):
    first, stop = bounds
    return sum(1 for n in range(max(first, 2), stop) if all(n % d for d in range(2, int(n**0.5) + 1)))


def choose(kind):
    try:
        return {"io": "threads", "cpu": "processes"}[kind]
    except KeyError:
        raise ValueError(kind) from None
