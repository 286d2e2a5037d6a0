# fails: sleeping_holds_up_nobody (wrong), a_drawn_play (wrong)
# run returns while some still sleep

import heapq
import time
from collections import deque
from itertools import count

from greenlet import getcurrent, greenlet


class Task:
    def __init__(self):
        self.error = None


class Scheduler:
    def __init__(self):
        self.ready = deque()
        self.asleep = []
        self.number = count()
        self.hub = None

    def spawn(self, fn, *args):
        task = Task()

        def body():
            try:
                fn(*args)
            except Exception as error:
                task.error = error

        self.ready.append(greenlet(body))
        return task

    def pause(self):
        self.ready.append(getcurrent())
        self.hub.switch()

    def sleep(self, seconds):
        heapq.heappush(self.asleep, (time.monotonic() + seconds, next(self.number), getcurrent()))
        self.hub.switch()

    def run(self):
        self.hub = getcurrent()
        while self.ready:
            if not self.ready:
                when = self.asleep[0][0]
                time.sleep(max(when - time.monotonic(), 0))
                while self.asleep and self.asleep[0][0] <= when:
                    self.ready.append(heapq.heappop(self.asleep)[2])
            task = self.ready.popleft()
            task.parent = self.hub
            task.switch()


def dead_at_the_end():
    return {"test1": False, "test2": True, "test3": False}
