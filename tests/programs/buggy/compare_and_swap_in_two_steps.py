"""What is compared may have changed when it is swapped."""

import threading

ALLOWED = [2]
ENDING = "done"
IDIOM = "check-then-act"
PREEMPTIONS = 1


class Cell:
    def __init__(self):
        self.value = 0
        self.lock = threading.Lock()

    def swap(self, old, new):
        if self.value != old:
            return False
        self.value = new
        return True

    def add(self):
        while True:
            old = self.value
            if self.swap(old, old + 1):
                return


def main():
    cell = Cell()
    threads = [threading.Thread(target=cell.add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return cell.value
