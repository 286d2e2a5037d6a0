"""Each philosopher takes the left fork first."""

import threading

ALLOWED = [4]
ENDING = "deadlock"
IDIOM = "lock order"
PREEMPTIONS = 3
COUNT = 4


def main():
    forks = [threading.Lock() for _ in range(COUNT)]
    eaten = []

    def eat(place):
        with forks[place]:
            with forks[(place + 1) % COUNT]:
                eaten.append(place)

    threads = [threading.Thread(target=eat, args=(place,)) for place in range(COUNT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(eaten)
