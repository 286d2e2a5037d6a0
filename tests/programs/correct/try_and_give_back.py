"""Who does not get the second lock gives the first one back, in the same order as everybody."""

import threading

ALLOWED = ["done"]
EXHAUSTED = True


def main():
    first, second = threading.Lock(), threading.Lock()

    def take(one, other):
        while True:
            with one:
                if other.acquire(blocking=False):
                    other.release()
                    return

    threads = [threading.Thread(target=take, args=pair) for pair in ((first, second), (first, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "done"
