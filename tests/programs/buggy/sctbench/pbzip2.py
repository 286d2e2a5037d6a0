"""SCTBench CB/pbzip2: main throws the queue away when all blocks are written, while workers still look into it."""

import threading

ALLOWED = [["one", "two"]]
ENDING = "raised"
IDIOM = "unenforced order"
PREEMPTIONS = 0


class Fifo:
    def __init__(self):
        self.blocks = [b"one", b"two"]
        self.lock = threading.Lock()


class Compressor:
    def __init__(self):
        self.fifo = Fifo()
        self.written = []
        self.finished = threading.Semaphore(0)

    def consume(self):
        while True:
            with self.fifo.lock:
                if not self.fifo.blocks:
                    break
                self.written.append(self.fifo.blocks.pop(0))
            self.finished.release()


def main():
    compressor = Compressor()
    threads = [threading.Thread(target=compressor.consume) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        compressor.finished.acquire()
    compressor.fifo = None
    for thread in threads:
        thread.join()
    return [block.decode() for block in compressor.written]
