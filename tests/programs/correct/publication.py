"""The object is handed out when it is complete."""

import threading

ALLOWED = [None, 42]
EXHAUSTED = True


class Config:
    def __init__(self, holder):
        self.answer = 42
        holder.config = self


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
