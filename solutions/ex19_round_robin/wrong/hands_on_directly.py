# fails: tasks_take_turns (wrong), a_crowd_and_a_second_run (wrong), a_drawn_play (wrong), a_task_that_raises_ends_alone (wrong), sleeping_holds_up_nobody (wrong), tasks_spawn_tasks (wrong)
# M1: a task that pauses switches to the next one itself, and the hub is forgotten

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
        self.next().switch()

    def sleep(self, seconds):
        heapq.heappush(self.asleep, (time.monotonic() + seconds, next(self.number), getcurrent()))
        self.next().switch()

    def next(self):
        while not self.ready:
            when = self.asleep[0][0]
            time.sleep(max(when - time.monotonic(), 0))
            while self.asleep and self.asleep[0][0] <= when:
                self.ready.append(heapq.heappop(self.asleep)[2])
        return self.ready.popleft()

    def run(self):
        if self.ready:
            self.next().switch()


def dead_at_the_end():
    return {"test1": False, "test2": True, "test3": False}
