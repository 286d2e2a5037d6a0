"""A program that uses greenlets itself runs under control, and never sees those that the engine is made of."""

from __future__ import annotations

import pytest
from running import run, sure

HUB = """
    from greenlet import GreenletExit, getcurrent, greenlet
    import greenlet as whole

    class Hub:
        def __init__(self):
            self.ready, self.said, self.hub = [], [], getcurrent()
        def spawn(self, name, rounds):
            self.ready.append(greenlet(lambda: self.work(name, rounds)))
        def work(self, name, rounds):
            for turn in range(rounds):
                self.said.append(f"{name}{turn}")
                time.sleep(1)
                self.pause()
        def pause(self):
            self.ready.append(getcurrent())
            self.hub.switch()
        def run(self):
            while self.ready:
                self.ready.pop(0).switch()
            return self.said
"""


@pytest.mark.parametrize("clock", ["free", "exact"])
def test_a_scheduler_of_the_programs_own_runs_in_virtual_time(clock: str):
    body = """
    def s(answer):
        hub = Hub()
        hub.spawn("A", 2), hub.spawn("B", 1)
        return [hub.run(), time.monotonic()]
    """
    execution = run(HUB + body, clock=clock)
    assert execution.value == [["A0", "B0", "A1"], 3.0]


def test_each_thread_has_greenlets_of_its_own_however_they_are_interleaved():
    body = """
    def s(answer):
        shared = [0]
        class Counting(Hub):
            def pause(self):
                shared[0] += 1
                super().pause()
        def work(name):
            hub = Counting()
            hub.spawn(name, 2), hub.spawn(name.lower(), 2)
            return hub.run()
        return [one["value"] for one in together(lambda: work("A"), lambda: work("B"))]
    """
    assert sure(HUB + body, times=100) == [["A0", "a0", "A1", "a1"], ["B0", "b0", "B1", "b1"]]


def test_the_greenlet_of_a_thread_has_no_parent_and_is_one_of_the_kind():
    body = """
    def s(answer):
        root, seen = getcurrent(), []
        child = greenlet(lambda: seen.append((getcurrent().parent is root, getcurrent() is child)))
        child.switch()
        return [root.parent, root.dead, isinstance(root, greenlet), seen, child.dead, root is getcurrent()]
    """
    assert run(HUB + body).value == [None, False, True, [[True, True]], True, True]


def test_values_and_exceptions_go_where_they_go_in_python():
    body = """
    def s(answer):
        def echo(first):
            second = getcurrent().parent.switch(first + 1)
            raise ValueError(second)
        child = greenlet(echo)
        root, seen = getcurrent(), [child.switch(1)]
        try:
            child.switch("no")
        except ValueError as error:
            seen.append(str(error))
        middle = greenlet(lambda: inner.switch() or "back in the middle")
        inner = greenlet(lambda: None, parent=middle)
        started = greenlet(root.switch)
        started.switch()
        return [*seen, middle.switch(), inner.parent is middle, started.throw(GreenletExit) is not None, started.dead]
    """
    assert run(HUB + body).value == [2, "no", "back in the middle", True, True, True]


def test_switching_to_a_greenlet_of_another_thread_is_the_error_that_it_is():
    body = """
    def s(answer):
        mine = greenlet(lambda: 1)
        def work():
            try:
                mine.switch()
            except whole.error as error:
                return str(error)
        return together(work)[0]["value"]
    """
    assert run(HUB + body).value == "Cannot switch to a different thread"


def test_a_thread_is_cut_off_wherever_it_is_in_its_greenlets():
    body = """
    def s(answer):
        lock = threading.Lock()
        lock.acquire()
        left = []
        def work():
            try:
                lock.acquire()
            finally:
                left.append(1)
        def outer():
            greenlet(work).switch()
        threading.Thread(target=outer).start()
        greenlet(lock.acquire).switch()
    """
    execution = run(HUB + body)
    assert execution.ending == "deadlock"
    assert len(execution.detail) == 2
