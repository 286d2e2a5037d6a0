"""Submit, map, callbacks, as_completed, wait."""

from concurrent.futures import ALL_COMPLETED, ThreadPoolExecutor, as_completed, wait


def main():
    log = []

    def f(x):
        if x == 3:
            raise ValueError(x)
        return x * x

    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="p") as p:
        fs = [p.submit(f, i) for i in range(4)]
        fs[0].add_done_callback(lambda fu: log.append(fu.result()))
        got = sorted(x.result() for x in as_completed(fs[:3]))
        d, nd = wait(fs, return_when=ALL_COMPLETED)
        e = type(fs[3].exception()).__name__
        m = list(p.map(f, [1, 2]))
    return got, len(d), len(nd), e, m, log
