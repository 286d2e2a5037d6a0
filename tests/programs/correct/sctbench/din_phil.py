"""SCTBench CS/din_philN_sat: with the count at the table, all have eaten at the end."""

import threading

SIZES = [2, 3]
ALLOWED = [0]
EXHAUSTED = True


def main(size):
    forks, table, full = [threading.Lock() for _ in range(size)], threading.Lock(), [0]

    def dine(place):
        with table, forks[(place + 1) % size], forks[place]:
            full[0] += 1
        assert full[0] <= size

    threads = [threading.Thread(target=dine, args=(place,)) for place in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return size - full[0]
