"""A worker spins on a flag that main sets: slow, but right."""

import threading

ALLOWED = ["stopped"]
EXHAUSTED = True


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
    worker.stopping = True
    thread.join()
    return worker.state
