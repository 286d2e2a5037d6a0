"""`Queue.shutdown`, from 3.13."""

import queue
import threading


def main():
    q = queue.Queue()
    if not hasattr(q, "shutdown"):
        return "old"
    r = []

    def w():
        try:
            while True:
                r.append(q.get())
        except queue.ShutDown:
            r.append("down")

    t = threading.Thread(target=w)
    t.start()
    q.put(1)
    q.shutdown()
    t.join()
    return r
