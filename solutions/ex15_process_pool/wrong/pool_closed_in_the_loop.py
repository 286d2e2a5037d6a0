# fails: counts_primes (wrong), keeps_the_order (crash), errors_come_out (wrong), works_in_as_many_processes (crash), sends_chunks (crash), works_under_spawn (crash), leaves_nothing_behind (crash), two_workers_are_faster (crash), primes_are_counted_by_workers (crash)
# close() and join() inside the loop, as in the notes: the second item meets a closed pool.
import multiprocessing


def count_primes(limit, workers=None, chunk=10_000):
    return sum(
        parallel_map(primes_between, [(a, min(a + chunk, limit)) for a in range(0, limit, chunk)], workers, chunk)
    )


def parallel_map(fn, items, workers, chunk=1):
    if workers is not None and workers < 1 or chunk < 1:
        raise ValueError
    pool = multiprocessing.Pool(workers)
    results = []
    for item in items:
        results.append(pool.apply_async(fn, (item,)))
        pool.close()
        pool.join()
    return [result.get() for result in results]


def primes_between(bounds):
    first, stop = bounds
    return sum(1 for n in range(max(first, 2), stop) if all(n % d for d in range(2, int(n**0.5) + 1)))


def choose(kind):
    try:
        return {"io": "threads", "cpu": "processes"}[kind]
    except KeyError:
        raise ValueError(kind) from None
