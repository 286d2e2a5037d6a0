"""SCTBench misc/ctrace-test: two threads register themselves in one chain without a lock, and one is lost."""

import threading

ALLOWED = [["one", "two"]]
ENDING = "done"
IDIOM = "lost update"
PREEMPTIONS = 1


class Trace:
    def __init__(self):
        self.chain = ()

    def register(self, name):
        self.chain = (*self.chain, name)


def main():
    trace = Trace()
    threads = [threading.Thread(target=trace.register, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(trace.chain)
