"""What is in the cache is looked up without the lock under which it is put there."""

import threading

ALLOWED = [[3]]
ENDING = "done"
IDIOM = "check-then-act"
PREEMPTIONS = 1


cache, computed = {}, []
lock = threading.Lock()


def square(n):
    if n not in cache:
        with lock:
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
