"""The second phase begins in one thread while another has not finished the first."""

import threading

ALLOWED = [[0, 0]]
ENDING = "done"
IDIOM = "unenforced order"
PREEMPTIONS = 0


def main():
    cells, seen = [0, 0], [None, None]

    def work(number):
        seen[number] = cells[1 - number]
        cells[number] = 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen
