"""Three printers take turns: but three share the turns, and `if` is not enough."""

import threading

ALLOWED = [["a", "b", "c"]]
ENDING = "done"
IDIOM = "if instead of while"
PREEMPTIONS = 0


class Printers:
    def __init__(self):
        self.turn = "a"
        self.printed = []
        self.changed = threading.Condition()

    def show(self, letter, other):
        for _ in range(1):
            with self.changed:
                if self.turn != letter:
                    self.changed.wait()
                self.printed.append(letter)
                self.turn = other
                self.changed.notify_all()


def main():
    printers = Printers()
    threads = [threading.Thread(target=printers.show, args=pair) for pair in ("ab", "bc", "ca")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return printers.printed
