"""A method that holds the lock calls one that takes it."""

import threading

ALLOWED = [3]
ENDING = "deadlock"
IDIOM = "lock not released"
PREEMPTIONS = 0


class Tree:
    def __init__(self):
        self.lock = threading.Lock()
        self.size = 0

    def add(self):
        with self.lock:
            self.size += 1

    def add_two(self):
        with self.lock:
            self.add()
            self.add()


def main():
    tree = Tree()
    threads = [threading.Thread(target=tree.add_two), threading.Thread(target=tree.add)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tree.size
