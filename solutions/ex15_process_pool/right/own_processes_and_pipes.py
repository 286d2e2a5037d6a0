"""No pool: a process and a pipe for each worker. Chunk k goes to worker k % workers, all of them in one message."""

import multiprocessing
from multiprocessing import Pipe, Process


def parallel_map(fn, items, workers, chunk=1):
    if workers < 1 or chunk < 1:
        raise ValueError(f"workers {workers}, chunk {chunk}: both are at least 1")
    items = list(items)
    chunks = [items[start : start + chunk] for start in range(0, len(items), chunk)]
    lines, children = [], []
    for number in range(min(workers, len(chunks))):
        mine, theirs = Pipe(duplex=False)
        child = Process(target=work, args=(theirs, fn, chunks[number::workers]))
        child.start()
        theirs.close()
        lines.append(mine)
        children.append(child)
    try:
        answers = [line.recv() for line in lines]
    finally:
        for line in lines:
            line.close()
        for child in children:
            child.join()
            child.close()
    for _, error in answers:
        if error is not None:
            raise error
    done = [answers[place % workers][0][place // workers] for place in range(len(chunks))]
    return [result for part in done for result in part]


def work(line, fn, chunks):
    try:
        answer = [[fn(item) for item in part] for part in chunks], None
    except Exception as error:
        answer = None, error
    line.send(answer)
    line.close()


def count_primes(limit, workers=None, chunk=10_000):
    if workers is None:
        workers = multiprocessing.cpu_count()
    if chunk < 1:
        raise ValueError(chunk)
    return sum(parallel_map(primes_in, [range(first, limit)[:chunk] for first in range(0, limit, chunk)], workers, 1))


def primes_in(numbers):
    return len([n for n in numbers if n > 1 and not any(n % d == 0 for d in range(2, int(n**0.5) + 1))])


def choose(kind):
    if kind not in ("io", "cpu"):
        raise ValueError(kind)
    return "threads" if kind == "io" else "processes"
