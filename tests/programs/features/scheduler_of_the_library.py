"""`sched`."""

import sched
import time


def main():
    s = sched.scheduler(time.monotonic, time.sleep)
    r = []
    s.enter(2, 1, r.append, ("b",))
    s.enter(1, 1, r.append, ("a",))
    s.run()
    return r
