"""SCTBench splash2/fft, lu, barnes: main says that all is done without having waited for those who do it."""

import threading

ALLOWED = [[1, 4]]
ENDING = "done"
IDIOM = ""
PREEMPTIONS = 0


def main():
    values = [1, 2]

    def square(place):
        values[place] **= 2

    threads = [threading.Thread(target=square, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    return list(values)
