"""A dictionary grows while somebody goes through it."""

import threading

ALLOWED = [[3], [6]]
ENDING = "raised"
IDIOM = ""
PREEMPTIONS = 1


scores = {"a": 1, "b": 2}
lock = threading.Lock()
totals = []


def total():
    count = 0
    for name in scores:
        count += scores[name]
    totals.append(count)


def register():
    with lock:
        scores["c"] = 3


def main():
    threads = [threading.Thread(target=total), threading.Thread(target=register)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return totals
