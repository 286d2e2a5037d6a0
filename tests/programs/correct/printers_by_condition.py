"""Two printers alternate: whose turn it is stands under a condition."""

import threading

ALLOWED = [["a", "b", "a", "b"]]
EXHAUSTED = True


class Printers:
    def __init__(self):
        self.turn = "a"
        self.printed = []
        self.changed = threading.Condition()

    def show(self, letter, other):
        for _ in range(2):
            with self.changed:
                while self.turn != letter:
                    self.changed.wait()
                self.printed.append(letter)
                self.turn = other
                self.changed.notify()


def main():
    printers = Printers()
    threads = [threading.Thread(target=printers.show, args=pair) for pair in ("ab", "ba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return printers.printed
