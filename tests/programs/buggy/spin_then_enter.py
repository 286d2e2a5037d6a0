"""Two threads wait until a flag is down, then raise it: both may pass."""

import threading

ALLOWED = [1]
ENDING = "done"
IDIOM = "check-then-act"
PREEMPTIONS = 2


class Door:
    def __init__(self):
        self.busy = False
        self.inside = 0
        self.most = 0

    def enter(self):
        while self.busy:
            pass
        self.busy = True
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.inside -= 1
        self.busy = False


def main():
    door = Door()
    threads = [threading.Thread(target=door.enter) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return door.most
