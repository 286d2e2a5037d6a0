"""SCTBench CS/fsbench: a lock for each of 26 blocks, taken for one of 32 inodes: the 27th file finds none."""

import threading

ALLOWED = []
ENDING = "raised"
IDIOM = "unenforced order"
PREEMPTIONS = 0
INODES = 32
BLOCKS = 26
FILES = 27


class FileSystem:
    def __init__(self):
        self.inode_locks = [threading.Lock() for _ in range(BLOCKS)]
        self.block_locks = [threading.Lock() for _ in range(BLOCKS)]
        self.inodes = [None] * INODES
        self.busy = [False] * BLOCKS

    def create(self, number):
        inode = number % INODES
        with self.inode_locks[inode]:
            if self.inodes[inode] is None:
                self.inodes[inode] = self.free_block(2 * inode)

    def free_block(self, first):
        for block in range(first, first + BLOCKS // 2):
            with self.block_locks[block % BLOCKS]:
                if not self.busy[block % BLOCKS]:
                    self.busy[block % BLOCKS] = True
                    return block % BLOCKS
        return None


def main():
    files = FileSystem()
    threads = [threading.Thread(target=files.create, args=(number,)) for number in range(FILES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(files.busy)
