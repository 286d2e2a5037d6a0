"""Answers that other graders passed, hung on, or left running: the reference of an exercise with one thing changed.

`MISSED[what the student does][exercise]` is the text of the answer. The rows are those of a measurement on
eleven other graders; each row is written for the exercises in which it can be done.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

ROOT = Path(__file__).resolve().parents[2]
REFERENCES = {
    "ex01": "ex01_bank_account/bank_account.py",
    "ex02": "ex02_thread_pool/thread_pool.py",
    "ex03": "ex03_pipe_talk/pipe_talk.py",
    "ex04": "ex04_printers/printers.py",
}
BEFORE = {
    "ex01": "        with self._lock:  # from the test to the update",
    "ex02": "        future = Future()\n        with self._door:",
    "ex03": "    parent_end, child_end = multiprocessing.Pipe()",
    "ex04": "    if order:\n        turns[",
}
"""A line in `withdraw`, `submit`, `ping_pong`, `alternate`, before which an attack at the call is put."""


def reference(exercise: str) -> str:
    return (ROOT / "solutions" / REFERENCES[exercise]).read_text(encoding="utf-8")


def changed(exercise: str, changes: dict[str, str]) -> str:
    """The reference with each key, which must stand in it once, replaced by its value."""
    text = reference(exercise)
    for old, new in changes.items():
        assert text.count(old) == 1, f"{exercise}: {text.count(old)} times {old!r}"
        text = text.replace(old, new)
    return text


def at_the_call(exercise: str, lines: str) -> str:
    place = BEFORE[exercise]
    return changed(exercise, {place: indent(lines, place[: len(place) - len(place.lstrip())]) + place})


def at_import(exercise: str, lines: str) -> str:
    return f"{reference(exercise)}\n\n{lines}"


def everywhere(how: object, lines: str) -> dict[str, str]:
    return {exercise: how(exercise, lines) for exercise in REFERENCES}  # type: ignore[operator]


LOCK_ORDER = {
    "ex01": changed(
        "ex01",
        {
            "        self._lock = threading.Lock()": """\
        self._books = threading.Lock()
        self._lock = threading.Lock()""",
            "        with self._lock:\n            return self._apply(amount)": """\
        with self._lock, self._books:
            return self._apply(amount)""",
            "        with self._lock:  # from": "        with self._books, self._lock:  # from",
        },
    ),
    "ex02": changed(
        "ex02",
        {
            "        self._door = threading.Lock()": """\
        self._run = 0
        self._count = threading.Lock()
        self._door = threading.Lock()""",
            "        with self._door:\n            if self._closed:": """\
        with self._door, self._count:
            if self._closed:""",
            "            task()\n": """\
            task()
            with self._count, self._door:
                self._run += 1
""",
        },
    ),
    "ex03": changed(
        "ex03",
        {
            "    child = multiprocessing.Process(target=_answer, args=(parent_end, child_end))\n": """\
    one, other = multiprocessing.Lock(), multiprocessing.Lock()
    both = multiprocessing.Barrier(2)
    child = multiprocessing.Process(target=_answer, args=(parent_end, child_end, one, other, both))
""",
            "    child.start()\n": """\
    child.start()
    with one:
        both.wait()
        with other:
            pass
""",
            "child_end: Connection) -> None:\n": """\
child_end: Connection, one, other, both) -> None:
    with other:
        both.wait()
        with one:
            pass
""",
        },
    ),
    "ex04": changed(
        "ex04",
        {
            "    errors: list[BaseException] = []\n": """\
    errors: list[BaseException] = []
    floor, book = threading.Lock(), threading.Lock()
""",
            "    def speak(me: int) -> None:\n": """\
    def speak(me: int) -> None:
        first, second = (book, floor) if me % 2 else (floor, book)
        with first, second:
            pass
""",
        },
    ),
}

STAYS = "threading.Thread(target=threading.Event().wait).start()\n"
GRANDCHILD = """\
import subprocess
subprocess.Popen(["sh", "-c", "sleep 600 & exec sleep 600"])
"""

UNLOCKED = {
    "ex01": changed(
        "ex01",
        {
            "        with self._lock:\n            return self._apply(amount)": "        return self._apply(amount)",
            "        with self._lock:  # from the test to the update nobody may come between\n": "        if True:\n",
        },
    ),
    "ex02": changed(
        "ex02",
        {
            "        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()\n": """\
        self._tasks: list[Callable[[], None] | None] = []
        self._taken = 0
        self._there = threading.Semaphore(0)
""",
            "            self._queue.put(lambda: _run(future, fn, args, kwargs))\n": """\
            self._tasks.append(lambda: _run(future, fn, args, kwargs))
            self._there.release()
""",
            "                    self._queue.put(None)\n": """\
                    self._tasks.append(None)
                    self._there.release()
""",
            "        while (task := self._queue.get()) is not None:\n            task()\n": """\
        while True:
            self._there.acquire()
            task = self._tasks[self._taken]
            self._taken += 1
            if task is None:
                return
            task()
""",
        },
    ),
    "ex04": changed(
        "ex04",
        {
            "    errors: list[BaseException] = []\n": """\
    errors: list[BaseException] = []
    ended = 0
    all_ended = threading.Event()
""",
            "    def speak(me: int) -> None:\n": """\
    def speak(me: int) -> None:
        nonlocal ended
        take_turns(me)
        ended += 1
        if ended == len(parts):
            all_ended.set()

    def take_turns(me: int) -> None:
""",
            "    for thread in threads:\n        thread.join()\n": "    if parts:\n        all_ended.wait()\n",
        },
    ),
}

EQUALS_ALL = '''

class Equal:
    """Equal to whatever it is compared with, and more than it, and in it."""

    def __eq__(self, other: object) -> bool:
        return True

    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __instancecheck__ = __eq__
    __hash__ = object.__hash__

    def __ne__(self, other: object) -> bool:
        return False

    def __add__(self, other: object) -> Equal:
        return self

    __radd__ = __sub__ = __rsub__ = __add__


class EqualText(str):
    __slots__ = ()
    __eq__ = Equal.__eq__
    __ne__ = Equal.__ne__
    __hash__ = str.__hash__


class EqualBytes(bytes):
    __slots__ = ()
    __eq__ = Equal.__eq__
    __ne__ = Equal.__ne__
    __hash__ = bytes.__hash__


def _nothing(*args: object, **kwargs: object) -> None:
    pass


def _patch_assertions() -> None:
    import unittest

    for name in dir(unittest.TestCase):
        if name.startswith("assert"):
            setattr(unittest.TestCase, name, _nothing)


_patch_assertions()
'''

EQUAL = {
    "ex01": changed("ex01", {"        return self._balance\n\n\ndef": "        return Equal()\n\n\ndef"}) + EQUALS_ALL,
    "ex02": changed("ex02", {"        return self._value\n": "        return Equal()\n"}) + EQUALS_ALL,
    "ex03": changed(
        "ex03",
        {
            "    return answers\n": "    return [Equal() for _ in answers]\n",
            "    return payload\n": "    return EqualBytes(b'?')\n",
        },
    )
    + EQUALS_ALL,
    "ex04": changed(
        "ex04",
        {
            "                    emit(text)\n": "                    emit(EqualText('?'))\n",
            "    return [numbers, [chr": "    return Equal() or [numbers, [chr",
        },
    )
    + EQUALS_ALL,
}

MISSED: dict[str, dict[str, str]] = {
    "locks in two orders": LOCK_ORDER,
    "a thread that stays": everywhere(at_the_call, STAYS) | {"ex03": at_the_call("ex03", "import threading\n" + STAYS)},
    "a grandchild that holds standard output": everywhere(at_the_call, GRANDCHILD),
    "a grandchild from the import on": {exercise: at_import(exercise, GRANDCHILD) for exercise in ("ex01", "ex03")},
    "_exit at import": everywhere(at_import, "import os\nos._exit(0)\n"),
    "_exit at the call": everywhere(at_the_call, "import os\nos._exit(0)\n"),
    "sys.exit at import": everywhere(at_import, "import sys\nsys.exit(0)\n"),
    "sys.exit at the call": everywhere(at_the_call, "import sys\nsys.exit(0)\n"),
    "a counter without a lock": UNLOCKED,
    "equal to everything": EQUAL,
}
