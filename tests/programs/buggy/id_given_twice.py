"""Each number is to be given once; it is looked at again after it was counted up."""

import threading

ALLOWED = [[1, 2]]
ENDING = "done"
IDIOM = "change between two looks"
PREEMPTIONS = 1


last = 0
lock = threading.Lock()


def next_id():
    global last
    with lock:
        last += 1
    return last


def main():
    got = []
    threads = [threading.Thread(target=lambda: got.append(next_id())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(got)
