"""multiprocessing.Pool: close and join after the loop, terminate when something was raised."""

import multiprocessing


def count_primes(limit, workers=None, chunk=10_000):
    ranges = [(first, min(first + chunk, limit)) for first in range(0, limit, chunk)]
    return sum(parallel_map(primes_between, ranges, multiprocessing.cpu_count() if workers is None else workers))


def parallel_map(fn, items, workers, chunk=1):
    if chunk < 1:
        raise ValueError("chunk")
    with multiprocessing.Pool(workers) as pool:
        results = list(pool.imap(fn, items, chunksize=chunk))
        pool.close()
        pool.join()
    return results


def choose(kind):
    match kind:
        case "io":
            return "threads"  # the lock is free while they wait
        case "cpu":
            return "processes"  # each has a lock of its own
    raise ValueError(kind)


def primes_between(bounds):
    """The sieve of Eratosthenes, once for each piece: other work, the same answer."""
    first, stop = bounds
    prime = bytearray([1]) * max(stop, 2)
    prime[:2] = b"\0\0"
    for number in range(2, int(stop**0.5) + 1):
        if prime[number]:
            prime[number * number :: number] = bytes(len(prime[number * number :: number]))
    return sum(prime[first:stop])
