"""The slot is given back whatever happens."""

import threading

ALLOWED = ["done"]
EXHAUSTED = True


slots = threading.Semaphore(1)


def use(number):
    with slots:
        if number == 0:
            raise ValueError(number)


def guarded(number):
    try:
        use(number)
    except ValueError:
        pass


def main():
    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "done"
