"""Looked up again under the lock."""

import threading

ALLOWED = [[3]]
EXHAUSTED = True


cache, computed = {}, []
lock = threading.Lock()


def square(n):
    if n not in cache:
        with lock:
            if n not in cache:
                computed.append(n)
                cache[n] = n * n
    return cache[n]


def main():
    threads = [threading.Thread(target=square, args=(3,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return computed
