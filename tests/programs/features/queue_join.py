"""`task_done` and `join`."""

import queue
import threading


def main():
    q = queue.Queue()
    s = []

    def w():
        while True:
            x = q.get()
            if x is None:
                q.task_done()
                return
            s.append(x)
            q.task_done()

    t = threading.Thread(target=w)
    t.start()
    for i in (1, 2, None):
        q.put(i)
    q.join()
    t.join()
    return s, q.empty(), q.qsize(), q.unfinished_tasks
