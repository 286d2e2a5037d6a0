"""A second meeting begins before the first one's guests have left."""

import threading

ALLOWED = [4]
ENDING = "deadlock"
IDIOM = "wrong waiter woken"
PREEMPTIONS = 0


class Meeting:
    def __init__(self, parties):
        self.parties, self.here, self.round = parties, 0, 0
        self.changed = threading.Condition()

    def wait(self):
        with self.changed:
            self.here += 1
            if self.here == self.parties:
                self.here = 0
                self.round += 1
                self.changed.notify_all()
                return
            while self.here:
                self.changed.wait()


def main():
    meeting, seen = Meeting(2), []

    def walk():
        for step in range(2):
            meeting.wait()
            seen.append(step)

    threads = [threading.Thread(target=walk) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(seen)
