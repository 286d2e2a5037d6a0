"""SCTBench CS/lazy01: a check that never both have added fails when both have."""

import threading

ALLOWED = [3]
ENDING = "raised"
IDIOM = ""
PREEMPTIONS = 0


def main():
    data, lock = [0], threading.Lock()

    def add(amount):
        with lock:
            data[0] += amount

    def check():
        with lock:
            assert data[0] < 3

    threads = [threading.Thread(target=add, args=(1,)), threading.Thread(target=add, args=(2,))]
    threads += [threading.Thread(target=check)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return data[0]
