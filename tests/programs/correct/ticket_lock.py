"""Tickets are drawn under a lock."""

import threading

ALLOWED = [1]
EXHAUSTED = True


class TicketLock:
    def __init__(self):
        self.next, self.serving = 0, 0
        self.changed = threading.Condition()

    def acquire(self):
        with self.changed:
            mine = self.next
            self.next += 1
        with self.changed:
            while self.serving != mine:
                self.changed.wait()

    def release(self):
        with self.changed:
            self.serving += 1
            self.changed.notify_all()


def main():
    lock, inside, most = TicketLock(), [], []

    def work():
        lock.acquire()
        inside.append(1)
        most.append(len(inside))
        inside.pop()
        lock.release()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return max(most)
