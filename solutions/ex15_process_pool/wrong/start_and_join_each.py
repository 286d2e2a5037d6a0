# fails: works_in_as_many_processes (wrong), two_workers_are_faster (too-slow), sends_chunks (wrong), primes_are_counted_by_workers (wrong)
# start() and join() in one loop: one process after the other.
import multiprocessing


def count_primes(limit, workers=None, chunk=10_000):
    return sum(
        parallel_map(primes_between, [(a, min(a + chunk, limit)) for a in range(0, limit, chunk)], workers, chunk)
    )


def parallel_map(fn, items, workers, chunk=1):
    if workers is not None and workers < 1 or chunk < 1:
        raise ValueError
    answers = multiprocessing.SimpleQueue()
    results = []
    for item in items:
        child = multiprocessing.Process(target=work, args=(answers, fn, item))
        child.start()
        result, error = answers.get()
        child.join()
        if error:
            answers.close()
            raise error
        results.append(result)
    answers.close()
    return results


def work(answers, fn, item):
    try:
        answers.put((fn(item), None))
    except Exception as error:
        answers.put((None, error))


def primes_between(bounds):
    first, stop = bounds
    return sum(1 for n in range(max(first, 2), stop) if all(n % d for d in range(2, int(n**0.5) + 1)))


def choose(kind):
    try:
        return {"io": "threads", "cpu": "processes"}[kind]
    except KeyError:
        raise ValueError(kind) from None
