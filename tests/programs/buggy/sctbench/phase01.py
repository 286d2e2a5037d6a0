"""SCTBench CS/phase01: each thread ends with the lock x, so that the second one waits for ever."""

import threading

ALLOWED = [[0, 1]]
ENDING = "deadlock"
IDIOM = "lock not released"
PREEMPTIONS = 0


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
        passed.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(passed)
