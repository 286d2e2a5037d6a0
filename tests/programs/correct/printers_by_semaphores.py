"""Two printers alternate: each semaphore is the turn of one."""

import threading

ALLOWED = [["a", "b", "a", "b"]]
EXHAUSTED = True


def main():
    printed = []
    turns = {"a": threading.Semaphore(1), "b": threading.Semaphore(0)}

    def show(letter, other):
        for _ in range(2):
            turns[letter].acquire()
            printed.append(letter)
            turns[other].release()

    threads = [threading.Thread(target=show, args=pair) for pair in ("ab", "ba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return printed
