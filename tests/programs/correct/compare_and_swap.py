"""Compared and swapped under one lock; who comes late tries again."""

import threading

ALLOWED = [2]
EXHAUSTED = True


class Cell:
    def __init__(self):
        self.value = 0
        self.lock = threading.Lock()

    def swap(self, old, new):
        with self.lock:
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
