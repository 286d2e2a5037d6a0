"""The hub is a greenlet, too, and the parent of all tasks from their beginning; run() only switches to it."""

import time

import greenlet as g


class Task(g.greenlet):
    def __init__(self, hub, fn, args):
        super().__init__(parent=hub)
        self.fn, self.args, self.error, self.wakes = fn, args, None, 0.0

    def run(self):
        try:
            self.fn(*self.args)
        except Exception as error:
            self.error = error


class Scheduler:
    def __init__(self):
        self.waiting = []  # everybody, those who are ready with the time 0
        self.hub = self.new_hub()

    def new_hub(self):
        return g.greenlet(self.loop)

    def spawn(self, fn, *args):
        task = Task(self.hub, fn, args)
        self.waiting.append(task)
        return task

    def pause(self):
        self.wait_until(0.0)

    def sleep(self, seconds):
        self.wait_until(time.monotonic() + seconds)

    def wait_until(self, when):
        me = g.getcurrent()
        me.wakes = when
        self.waiting.append(me)
        self.hub.switch()

    def loop(self):
        while True:
            while self.waiting:
                self.next_task().switch()
            self.caller.switch()

    def next_task(self):
        ready = [task for task in self.waiting if not task.wakes]
        if not ready:
            when = min(task.wakes for task in self.waiting)
            time.sleep(max(when - time.monotonic(), 0.0))
            for task in list(self.waiting):  # in the order in which they fell asleep
                if task.wakes <= when:
                    task.wakes = 0.0
            return self.next_task()
        self.waiting.remove(ready[0])
        return ready[0]

    def run(self):
        self.caller = g.getcurrent()
        self.hub.parent = self.caller
        self.hub.switch()


def dead_at_the_end():
    return {"test1": False, "test2": True, "test3": False}
