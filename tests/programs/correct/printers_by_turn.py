"""Two printers alternate by spinning on whose turn it is: wasteful, but right."""

import threading

ALLOWED = [["a", "b", "a", "b"]]
EXHAUSTED = True


class Printers:
    def __init__(self):
        self.turn = "a"
        self.printed = []

    def show(self, letter, other):
        for _ in range(2):
            while self.turn != letter:
                pass
            self.printed.append(letter)
            self.turn = other


def main():
    printers = Printers()
    threads = [threading.Thread(target=printers.show, args=pair) for pair in ("ab", "ba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return printers.printed
