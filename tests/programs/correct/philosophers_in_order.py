"""Each philosopher takes the fork with the lower number first."""

import threading

ALLOWED = [3]
EXHAUSTED = True
COUNT = 3


def main():
    forks = [threading.Lock() for _ in range(COUNT)]
    eaten = []

    def eat(place):
        first, second = sorted((place, (place + 1) % COUNT))
        with forks[first]:
            with forks[second]:
                eaten.append(place)

    threads = [threading.Thread(target=eat, args=(place,)) for place in range(COUNT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(eaten)
