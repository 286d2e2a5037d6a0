"""A driver is stopped between the question whether it stops and the count of who is inside."""

import threading

ALLOWED = ["used while running"]
ENDING = "done"
IDIOM = ""
PREEMPTIONS = 1


class Driver:
    def __init__(self):
        self.inside = 1
        self.stopping = False
        self.stopped = False
        self.lock = threading.Lock()

    def enter(self):
        if self.stopping:
            return False
        with self.lock:
            self.inside += 1
        return True

    def leave(self):
        with self.lock:
            self.inside -= 1
            if self.inside == 0:
                self.stopped = True

    def stop(self):
        self.stopping = True
        self.leave()


def main():
    driver = Driver()
    seen = ["used while running"]

    def use():
        if driver.enter():
            if driver.stopped:
                seen[0] = "used after it had stopped"
            driver.leave()

    threads = [threading.Thread(target=use), threading.Thread(target=driver.stop)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen[0]
