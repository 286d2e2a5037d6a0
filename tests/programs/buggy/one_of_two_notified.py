"""Two wait for the same thing, one is told."""

import threading

ALLOWED = ["through"]
ENDING = "deadlock"
IDIOM = ""
PREEMPTIONS = 0


class Latch:
    def __init__(self):
        self.open = False
        self.changed = threading.Condition()

    def wait(self):
        with self.changed:
            while not self.open:
                self.changed.wait()

    def release(self):
        with self.changed:
            self.open = True
            self.changed.notify()


def main():
    latch = Latch()
    threads = [threading.Thread(target=latch.wait) for _ in range(2)]
    threads.append(threading.Thread(target=latch.release))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "through"
