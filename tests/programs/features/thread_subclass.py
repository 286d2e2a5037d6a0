"""A subclass of Thread with a state of its own."""

import threading


class W(threading.Thread):
    def __init__(self, n):
        super().__init__(name=f"w{n}", daemon=False)
        self.n = n
        self.out = None

    def run(self):
        self.out = self.n * 2


def main():
    ws = [W(i) for i in range(3)]
    for w in ws:
        w.start()
    for w in ws:
        w.join()
    return [(w.out, w.name, w.is_alive()) for w in ws]
