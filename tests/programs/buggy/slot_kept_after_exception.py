"""Who fails does not give back the slot."""

import threading

ALLOWED = ["done"]
ENDING = "deadlock"
IDIOM = ""
PREEMPTIONS = 0


slots = threading.Semaphore(1)


def use(number):
    slots.acquire()
    if number == 0:
        raise ValueError(number)
    slots.release()


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
