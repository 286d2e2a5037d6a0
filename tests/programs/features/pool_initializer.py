"""An initializer for each worker."""

from concurrent.futures import ThreadPoolExecutor


def main():
    s = []
    with ThreadPoolExecutor(1, initializer=s.append, initargs=(1,)) as p:
        p.submit(int).result()
    return s
