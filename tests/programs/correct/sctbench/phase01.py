"""SCTBench CS/phase01: each thread gives the lock x back."""

import threading

ALLOWED = [[0, 1]]
EXHAUSTED = True


def main():
    x, y, passed = threading.Lock(), threading.Lock(), []

    def work(number):
        with x:
            pass
        x.acquire()
        with y:
            pass
        y.acquire()
        y.release()
        x.release()
        passed.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(passed)
