"""The lock lets its owner in again."""

import threading

ALLOWED = [3]
EXHAUSTED = True


class Tree:
    def __init__(self):
        self.lock = threading.RLock()
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
