"""There was room when it was asked."""

import queue
import threading

ALLOWED = [1]
ENDING = "raised"
IDIOM = "check-then-act"
PREEMPTIONS = 1


def main():
    box = queue.Queue(1)

    def put(item):
        if not box.full():
            box.put_nowait(item)

    threads = [threading.Thread(target=put, args=(item,)) for item in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return box.qsize()
