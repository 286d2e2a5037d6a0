"""The event is cleared after the work has been taken: what was announced in between is lost."""

import threading

ALLOWED = [[1, 2]]
ENDING = "deadlock"
IDIOM = "lost wake-up"
PREEMPTIONS = 2


def main():
    work, done, more = [], [], threading.Event()

    def worker():
        while len(done) < 2:
            more.wait()
            while work:
                done.append(work.pop(0))
            more.clear()

    def boss():
        for item in (1, 2):
            work.append(item)
            more.set()

    threads = [threading.Thread(target=worker), threading.Thread(target=boss)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done
