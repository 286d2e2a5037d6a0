"""Nobody writes in the second phase before everybody has read in the first."""

import threading

ALLOWED = [[0, 0]]
EXHAUSTED = True


def main():
    barrier, cells, seen = threading.Barrier(2), [0, 0], [None, None]

    def work(number):
        seen[number] = cells[1 - number]
        barrier.wait()
        cells[number] = 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen
