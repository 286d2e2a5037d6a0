"""SCTBench CB/pbzip2: main throws the queue away when all workers are through."""

import threading

ALLOWED = [["one", "two"]]
EXHAUSTED = True


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
    for thread in threads:
        thread.join()
    compressor.fifo = None
    return [block.decode() for block in compressor.written]
