"""A consumer that was woken does not look again whether there is an item."""

import threading

ALLOWED = [[1, 2]]
ENDING = "raised"
IDIOM = "if instead of while"
PREEMPTIONS = 1


def main():
    items, got, condition = [], [], threading.Condition()

    def get():
        with condition:
            if not items:
                condition.wait()
            got.append(items.pop())

    def put():
        for item in (1, 2):
            with condition:
                items.append(item)
                condition.notify()

    threads = [threading.Thread(target=get), threading.Thread(target=get), threading.Thread(target=put)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(got)
