"""SCTBench CS/wronglock_N: all add under the same lock."""

import threading

SIZES = [2, 4]
ALLOWED = [True]
EXHAUSTED = True


def main(size):
    data, right = [0], threading.Lock()

    def careful():
        with right:
            before = data[0]
            data[0] += 1
            assert data[0] == before + 1

    def careless():
        with right:
            data[0] += 1

    threads = [threading.Thread(target=careful)]
    threads += [threading.Thread(target=careless) for _ in range(size - 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return data[0] == size
