"""The flag is looked at under the lock, again after each wait."""

import threading

ALLOWED = ["ready"]
EXHAUSTED = True


class Gate:
    def __init__(self):
        self.open = False
        self.condition = threading.Condition()

    def wait(self):
        with self.condition:
            while not self.open:
                self.condition.wait()

    def unlock(self):
        with self.condition:
            self.open = True
            self.condition.notify()


def main():
    gate = Gate()
    threads = [threading.Thread(target=gate.wait), threading.Thread(target=gate.unlock)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "ready"
