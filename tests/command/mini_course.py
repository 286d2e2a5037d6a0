"""A course of one small exercise, sound in every respect; tests spoil it in one respect or another."""

from __future__ import annotations

from pathlib import Path

COURSE = """\
schema: grader/course/v1
title: Threads
points: 2
exercises:
  - {id: ex01, folder: ex01_counter, title: A counter, module: counter.py, points: 2, time_limit: 5}
"""
CHECKS = '''\
"""The checks of ex01."""

from grader.checks import check, scenario, together


@scenario
def one_add(answer):
    """one add()"""
    counter = answer.Counter()
    counter.add()
    return counter.value()


@scenario
def two_adds(answer):
    """two threads add() at once"""
    counter = answer.Counter()
    together(counter.add, counter.add)
    return counter.value()


@check(kind="EDGE", points=1, hint="Count.")
def test_counts(box):
    """One add() counts one."""
    box.call(one_add, expected=1)


@check(kind="SAFE", points=1, hint="Lock.")
def test_counts_both(box):
    """Two threads that add() count two."""
    box.explore(two_adds, allowed=lambda seen: seen == 2, expected="2")
'''
STUB = """\
class Counter:
    def __init__(self):
        # TODO
        raise NotImplementedError("write Counter.__init__")

    def add(self):
        raise NotImplementedError("write Counter.add")

    def value(self):
        raise NotImplementedError("write Counter.value")
"""
RIGHT = """\
import threading


class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self._count = 0

    def add(self):
        with self._lock:
            self._count += 1

    def value(self):
        return self._count
"""
NO_LOCK = RIGHT.replace("with self._lock", "if True")
NEVER = RIGHT.replace("+= 1", "+= 0")
HINTS = "# Hints\n\n## 1\n\nThink.\n\n## 2\n\nThink more.\n\n## 3\n\nUse a lock.\n"
FILES = {
    "course.yaml": COURSE,
    "exercises/ex01_counter/README.md": "Count.\n",
    "exercises/ex01_counter/hints.md": HINTS,
    "exercises/ex01_counter/counter.py": STUB,
    "exercises/ex01_counter/test_ex01.py": CHECKS,
    "solutions/ex01_counter/counter.py": RIGHT,
    "solutions/ex01_counter/right/rlock.py": RIGHT.replace("Lock()", "RLock()"),
    "solutions/ex01_counter/right/semaphore.py": RIGHT.replace("Lock()", "Semaphore()"),
    "solutions/ex01_counter/wrong/no_lock.py": f"# fails: counts_both (race)\n{NO_LOCK}",
    "solutions/ex01_counter/wrong/never.py": f"# fails: counts (wrong), counts_both (wrong)\n{NEVER}",
}


def lay_out(root: Path, changed: dict[str, str | None] | None = None) -> Path:
    """The files of the course below `root`, some of them changed, added, or (None) left out."""
    for name, text in (FILES | (changed or {})).items():
        if text is not None:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
    return root
