"""Two printers are expected to alternate, and nothing makes them."""

import threading

ALLOWED = [["a", "b", "a", "b"]]
ENDING = "done"
IDIOM = "unenforced order"
PREEMPTIONS = 0


def main():
    printed = []

    def show(letter):
        for _ in range(2):
            printed.append(letter)

    threads = [threading.Thread(target=show, args=(letter,)) for letter in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return printed
