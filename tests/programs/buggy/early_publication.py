"""The object is handed out before it is complete."""

import threading

ALLOWED = [None, 42]
ENDING = "raised"
IDIOM = "early publication"
PREEMPTIONS = 1


class Config:
    def __init__(self, holder):
        holder.config = self
        self.answer = 42


class Holder:
    config = None


def main():
    holder, seen = Holder(), [None]

    def look():
        if holder.config is not None:
            seen[0] = holder.config.answer

    threads = [threading.Thread(target=Config, args=(holder,)), threading.Thread(target=look)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen[0]
