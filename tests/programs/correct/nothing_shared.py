"""Each thread works on what is its own."""

import threading

ALLOWED = [[0, 10, 20]]
EXHAUSTED = True


def main():
    results = [None] * 3

    def work(place):
        total = 0
        for _ in range(10):
            total += place
        results[place] = total

    threads = [threading.Thread(target=work, args=(place,)) for place in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
