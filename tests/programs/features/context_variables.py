"""`contextvars`: a thread begins with an empty context unless it is given one."""

import contextvars
import threading

v = contextvars.ContextVar("v", default=0)


def main():
    v.set(1)
    r = []

    def w():
        r.append(v.get())
        v.set(5)

    t = threading.Thread(target=w)
    t.start()
    t.join()
    c = contextvars.copy_context()
    t = threading.Thread(target=c.run, args=(w,))
    t.start()
    t.join()
    return r, v.get()
