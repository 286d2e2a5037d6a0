"""`Condition.wait_for` and `notify_all`."""

import threading


def main():
    c = threading.Condition()
    s = []

    def w():
        with c:
            c.wait_for(lambda: len(s) >= 2)
            s.append("w")

    def p():
        with c:
            s.append(1)
            c.notify_all()

    ts = [threading.Thread(target=f) for f in (w, p, p)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return s
