"""A barrier for three parties is used by two."""

import threading

ALLOWED = [[0, 1]]
ENDING = "deadlock"
IDIOM = ""
PREEMPTIONS = 0


def main():
    barrier, passed = threading.Barrier(3), []

    def work(number):
        barrier.wait()
        passed.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(passed)
