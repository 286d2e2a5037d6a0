"""A worker spins on a flag that main sets only after it has waited for the worker."""

import threading

ALLOWED = ["stopped"]
ENDING = "busy-wait"
IDIOM = ""
PREEMPTIONS = 0


class Worker:
    def __init__(self):
        self.stopping = False
        self.state = "running"

    def run(self):
        while not self.stopping:
            pass
        self.state = "stopped"


def main():
    worker = Worker()
    thread = threading.Thread(target=worker.run)
    thread.start()
    thread.join()
    worker.stopping = True
    return worker.state
