"""Whether there is room, putting says itself."""

import queue
import threading

ALLOWED = [1]
EXHAUSTED = True


def main():
    box = queue.Queue(1)

    def put(item):
        try:
            box.put_nowait(item)
        except queue.Full:
            pass

    threads = [threading.Thread(target=put, args=(item,)) for item in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return box.qsize()
