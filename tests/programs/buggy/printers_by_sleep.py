"""The second printer sleeps so that the first is done: a sleep orders nothing."""

import threading
import time

ALLOWED = [["a", "b"]]
ENDING = "done"
IDIOM = "unenforced order"
PREEMPTIONS = 0


def main():
    printed = []

    def first():
        printed.append("a")

    def second():
        time.sleep(0.5)
        printed.append("b")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return printed
