"""Imports inside of functions."""


def main():
    import queue as q
    from concurrent.futures import ThreadPoolExecutor as P

    b = q.Queue()
    with P(2) as p:
        list(p.map(b.put, [1, 2]))
    return sorted([b.get(), b.get()])
