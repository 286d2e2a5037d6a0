"""SCTBench CS/wronglock_N: one thread adds under one lock, all others under another."""

import threading

SIZES = [2, 4, 8]
ALLOWED = [True]
ENDING = "raised"
IDIOM = "change between two looks"
PREEMPTIONS = 1


def main(size):
    data, right, wrong = [0], threading.Lock(), threading.Lock()

    def careful():
        with right:
            before = data[0]
            data[0] += 1
            assert data[0] == before + 1

    def careless():
        with wrong:
            data[0] += 1

    threads = [threading.Thread(target=careful)]
    threads += [threading.Thread(target=careless) for _ in range(size - 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return data[0] == size
