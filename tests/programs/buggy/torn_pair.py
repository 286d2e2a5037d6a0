"""The writer holds the lock while it changes two fields, the reader does not."""

import threading

ALLOWED = [[1]]
ENDING = "done"
IDIOM = "early publication"
PREEMPTIONS = 1


class Span:
    def __init__(self):
        self.first, self.last = 0, 1
        self.lock = threading.Lock()

    def move(self):
        with self.lock:
            self.first += 10
            self.last += 10

    def length(self):
        return self.last - self.first


def main():
    span, seen = Span(), []
    threads = [threading.Thread(target=span.move), threading.Thread(target=lambda: seen.append(span.length()))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen
