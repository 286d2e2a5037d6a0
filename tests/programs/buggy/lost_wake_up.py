"""The flag is looked at outside of the lock, so that the notification may come before the wait."""

import threading

ALLOWED = ["ready"]
ENDING = "deadlock"
IDIOM = "lost wake-up"
PREEMPTIONS = 1


class Gate:
    def __init__(self):
        self.open = False
        self.condition = threading.Condition()

    def wait(self):
        if not self.open:
            with self.condition:
                self.condition.wait()

    def unlock(self):
        self.open = True
        with self.condition:
            self.condition.notify()


def main():
    gate = Gate()
    threads = [threading.Thread(target=gate.wait), threading.Thread(target=gate.unlock)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "ready"
