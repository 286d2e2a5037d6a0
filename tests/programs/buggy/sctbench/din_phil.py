"""SCTBench CS/din_philN_sat: eating is safe, but it is not true that never all have eaten."""

import threading

SIZES = [2, 3, 4, 5, 6, 7]
ALLOWED = ["somebody is hungry"]
ENDING = "raised"
IDIOM = "unenforced order"
PREEMPTIONS = 0


def main(size):
    forks, table, full = [threading.Lock() for _ in range(size)], threading.Lock(), [0]

    def dine(place):
        with table, forks[(place + 1) % size], forks[place]:
            pass
        full[0] += 1
        assert full[0] != size, "all have eaten"

    threads = [threading.Thread(target=dine, args=(place,)) for place in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "somebody is hungry"
