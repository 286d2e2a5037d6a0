"""The event is cleared before the work is taken."""

import threading

ALLOWED = [[1, 2]]
EXHAUSTED = True


def main():
    work, done, more = [], [], threading.Event()

    def worker():
        while len(done) < 2:
            more.wait()
            more.clear()
            while work:
                done.append(work.pop(0))

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
