"""Parts of the library that have a state, draw lots or look at a clock: the same each time, and nothing unseen."""

from __future__ import annotations

import datetime
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent, indent

import pytest
from running import run

from grader.interleave import explorer
from grader.interleave.program import load
from grader.interleave.strategies.natural import Natural

HEAD = """
import asyncio, datetime, functools, io, logging, logging.handlers, os, queue, random, secrets, threading, time, uuid
def both(*works):
    threads = [threading.Thread(target=one) for one in works]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""


def explored(top: str, body: str, files: Mapping[str, str] | None = None) -> tuple[list[object], explorer.Coverage]:
    """The values that `body` returns, below `top`, beside `files`, in order of their words; what was covered."""
    answer = HEAD + dedent(top) + "\ndef main():\n" + indent(dedent(body), "    ")
    program = load(
        {"answer.py": answer, **(files or {})}, "answer", "def run(answer): return answer.main()\n", "test_it.py"
    )
    seen: list[object] = []

    def heard(outcome: explorer.Outcome) -> bool:
        seen.append(outcome.value if outcome.ending == "done" else outcome.detail)
        return True

    coverage = explorer.explore(program, "run", {}, explorer.Plan(executions=400), heard)
    return sorted(seen, key=repr), coverage


PROVEN = {
    # ---- random numbers
    "seeded, drawn in either order": (
        "", "random.seed(4)\ngot = {}\ndef draw(name): got[name] = random.random()\n"
        "both(lambda: draw('a'), lambda: draw('b'))\nreturn got['a'] < got['b']", [False, True],
    ),
    "one generator of two threads": (
        "", "mine = random.Random(4)\ngot = {}\ndef draw(name): got[name] = mine.choice('xyz' * 9)\n"
        "both(lambda: draw('a'), lambda: draw('b'))\nreturn got['a'] + got['b']", ["xy", "yx"],
    ),
    "seeded while another draws": (
        "", "got = []\nboth(lambda: random.seed(4), lambda: got.append(random.random()))\n"
        "return got[0] == random.Random(4).random()", [False, True],
    ),
    "not seeded": (
        "", "got = {}\ndef draw(name): got[name] = random.random(), random.gauss(0, 1), random.randint(1, 6)\n"
        "both(lambda: draw('a'), lambda: draw('b'))\nreturn got['a'] != got['b']", [True],
    ),
    "lots of the machine": (
        "", "got = []\ndef draw(): got.append(uuid.uuid4().hex + secrets.token_hex(4) + os.urandom(4).hex())\n"
        "both(draw, draw)\nreturn len(set(got))", [2],
    ),
    # ---- caches
    "a cache of two threads": (
        "@functools.cache\ndef thing(): return object()", "got = []\ndef ask(): got.append(thing())\n"
        "both(ask, ask)\nreturn got[0] is got[1]", [False, True],
    ),
    "a cache asked in turn": (
        "made = []\n@functools.lru_cache(maxsize=1)\ndef thing(of):\n    made.append(of)\n    return object()",
        "lock = threading.Lock()\ndef ask():\n    with lock: thing(1)\nboth(ask, ask)\nthing(2), thing(1)\nreturn made",
        [[1, 2, 1]],
    ),
    "a cache that is cleared": (
        "made = []\n@functools.cache\ndef thing(): made.append(1)",
        "thing()\nboth(thing.cache_clear, thing)\nreturn len(made), thing.cache_info().hits", [[1, 0], [2, 0]],
    ),
    "a cached property": (
        "class Thing:\n    @functools.cached_property\n    def x(self): return object()",
        "one, got = Thing(), []\ndef ask(): got.append(one.x)\nboth(ask, ask)\nreturn got[0] is got[1]", [False, True],
    ),
    # ---- logging
    "a log in memory": (
        "", "f = io.StringIO()\nlogging.basicConfig(stream=f, format='%(threadName).8s')\n"
        "both(lambda: logging.error(''), lambda: logging.error(''))\nreturn f.getvalue()",
        ["Thread-1\nThread-2\n", "Thread-2\nThread-1\n"],
    ),
    "a handler's own data": (
        "class Mine(logging.Handler):\n    n = 0\n    def emit(self, record): self.n += 1",
        "mine = Mine()\nlogging.getLogger().addHandler(mine)\n"
        "both(lambda: logging.error(''), lambda: logging.error(''))\nreturn mine.n", [2],
    ),
    "a listener's thread": (
        "class Mine(logging.Handler):\n    n = 0\n    def emit(self, record): self.n += 1",
        "mine, q = Mine(), queue.Queue()\nlogging.getLogger().addHandler(logging.handlers.QueueHandler(q))\n"
        "listener = logging.handlers.QueueListener(q, mine)\nlistener.start()\n"
        "both(lambda: logging.error(''), lambda: logging.error(''))\nlistener.stop()\nreturn mine.n", [2],
    ),
    # ---- what is shown of others
    "a namespace is printed": (
        "from types import SimpleNamespace", "one, got = SimpleNamespace(n=0), []\n"
        "def add(): one.n += 1\nboth(add, lambda: got.append(repr(one)))\nreturn got[0][-2]", ["0", "1"],
    ),
    "a namespace with one name more is printed": (
        "from types import SimpleNamespace", "one, got = SimpleNamespace(), []\n"
        "def add(): one.n = 1\nboth(add, lambda: got.append(repr(one)))\nreturn got[0]",
        ["namespace()", "namespace(n=1)"],
    ),
    "an attribute that the class has, too": (
        "class One: n = 0\nOne.n = 0", "one, got = One(), []\ndef set(): one.n = 5\n"
        "def look(): got.append(one.n); one.n = 5\nboth(set, look)\nreturn got", [[0], [5]],
    ),
    "a list in a dataclass is compared": (
        "from dataclasses import dataclass\n@dataclass\nclass One: row: list",
        "one, got = One([]), []\nboth(lambda: one.row.append(1), lambda: got.append(one == One([])))\nreturn got",
        [[False], [True]],
    ),
    "a list in slots is printed": (
        "from dataclasses import dataclass\n@dataclass(slots=True)\nclass One: row: list",
        "one, got = One([]), []\nboth(lambda: one.row.append(1), lambda: got.append(str(one)[-3:]))\nreturn got",
        [["1])"], ["[])"]],
    ),
    "an object is copied": (
        "import copy\nclass One: n = 0", "one, got = One(), []\none.n = 0\ndef add(): one.n += 1\n"
        "both(add, lambda: got.append(copy.copy(one).n))\nreturn got", [[0], [1]],
    ),
    "a generator over a dictionary that grows before it begins": (
        "", "d, got = {'a': 1}, []\ndef look():\n    try: got.append(sum(x for x in d.values()))\n"
        "    except RuntimeError: got.append('changed')\ndef add(): d['b'] = 2\nboth(look, add)\nreturn got",
        [[1], [3], ["changed"]],
    ),
    "a list takes what a generator makes": (
        "", "a, d = [], [1, 2]\nboth(lambda: a.extend(x for x in d), lambda: a.append(0))\nreturn a",
        [[0, 1, 2], [1, 0, 2], [1, 2, 0]],
    ),
    "a list takes what a function makes": (
        "def same(x): return x", "a = []\nboth(lambda: a.extend(map(same, [1, 2])), lambda: a.append(0))\nreturn a",
        [[0, 1, 2], [1, 0, 2], [1, 2, 0]],
    ),
    "a list is added what a generator makes": (
        "a = []\ndef add():\n    global a\n    g = (x for x in [1, 2])\n    a += g",
        "global a\na = []\nboth(add, lambda: a.append(0))\nreturn a", [[0, 1, 2], [1, 0, 2], [1, 2, 0]],
    ),
    "a set takes what a generator makes": (
        "", "a, g = set(), (x for x in [1, 2])\nboth(lambda: a.update(g), lambda: a.discard(1))\nreturn sorted(a)",
        [[1, 2], [2]],
    ),
    # ---- streams
    "bytes in memory": (
        "", "f = io.BytesIO()\nboth(lambda: f.write(b'a'), lambda: f.write(b'b'))\nreturn f.getvalue().decode()",
        ["ab", "ba"],
    ),
    "lines of one stream": (
        "", "f, got = io.StringIO('1\\n2\\n'), {}\ndef line(name): got[name] = next(f)\n"
        "both(lambda: line('a'), lambda: line('b'))\nreturn got['a']", ["1\n", "2\n"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", PROVEN)
def test_all_that_may_come_of_it_is_seen_and_proven(what: str) -> None:
    top, body, values = PROVEN[what]
    seen, coverage = explored(top, body)
    assert seen == sorted(values, key=repr)
    assert coverage.exhausted
    assert not coverage.notes


TOGETHER = {
    "two lists are gone through together": (
        "", "a, b, got = [1], [], []\ndef change(): b.append(1); a[:0] = [8]\n"
        "both(lambda: got.extend(list(zip(a, b))), change)\nreturn got", [[], [[1, 1]], [[8, 1]]],
    ),
    "two lists are compared": (
        "", "a, b, got = [1], [1], []\ndef change(): b.append(2); a.append(2)\n"
        "both(lambda: got.append(a == b), change)\nreturn got", [[False], [True]],
    ),
    "two lists are added": (
        "", "a, b, got = [1], [2], []\ndef change(): b.append(3); a.append(4)\n"
        "both(lambda: got.extend(a + b), change)\nreturn got", [[1, 2], [1, 2, 3], [1, 4, 2, 3]],
    ),
    "a function gets two lists": (
        "import json", "a, b, got = [1], [2], []\ndef change(): b.append(3); a.append(4)\n"
        "both(lambda: got.append(json.dumps([a, b])), change)\nreturn got[0]",
        ["[[1], [2]]", "[[1], [2, 3]]", "[[1, 4], [2, 3]]"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TOGETHER)
def test_what_is_looked_at_together_while_both_change_is_seen_in_each_state_but_not_proven(what: str) -> None:
    top, body, values = TOGETHER[what]
    seen, coverage = explored(top, body)
    assert seen == sorted(values, key=repr)
    assert not coverage.exhausted


@pytest.mark.parametrize("what", TOGETHER)
def test_what_is_looked_at_together_is_proven_where_one_of_them_changes(what: str) -> None:
    top, body, _ = TOGETHER[what]
    assert explored(top, body.replace("b.append", "list().append"))[1].exhausted


RESUMED = {
    "next": "got.append(next(g))",
    "send": "got.append(g.send(None))",
    "a method that was taken": "step = g.__next__; got.append(step())",
    "a loop": "for x in g: got.append(x); break",
}


@pytest.mark.parametrize("how", RESUMED)
def test_a_generator_of_two_threads_may_be_executing_already(how: str) -> None:
    top = "def numbers():\n    yield 0\n    n = 0\n    while True:\n        n += 1\n        yield n"
    body = "g, got = numbers(), []\nnext(g)\ndef work():\n    {}\nboth(work, work)\nreturn got"
    seen, coverage = explored(top, body.format(RESUMED[how]))
    assert [one for one in seen if isinstance(one, list)] == [[1, 2], [2, 1]]
    (why,) = {one[0].partition(": ")[2].partition(" at ")[0] for one in seen if isinstance(one, tuple)}
    assert why == "ValueError: generator already executing"
    assert coverage.exhausted


@pytest.mark.parametrize("how", RESUMED)
def test_a_generator_under_a_lock_is_executing_for_one_thread_only(how: str) -> None:
    top = "lock = threading.Lock()\ndef numbers():\n    yield 0\n    yield 1\n    yield 2"
    body = "g, got = numbers(), []\nnext(g)\ndef work():\n    with lock:\n        {}\nboth(work, work)\nreturn got"
    seen, coverage = explored(top, body.format(RESUMED[how]))
    assert seen == [[1, 2]]
    assert coverage.exhausted


NEVER_PROVEN = {
    "files": ("with open('/dev/null') as f: return f.read()", "uses open"),
    "files by descriptor": ("with os.fdopen(os.open('/dev/null', 0)) as f: return f.read()", "uses open"),
    "a module with a state of its own": ("import sqlite3", "imports sqlite3"),
    "a library's attribute": ("import math\nmath.n = 1\nreturn math.n", "changes math"),
    "copying deeply, which others may interrupt": (
        "from copy import deepcopy\nreturn deepcopy([1])",
        "uses deepcopy",
    ),
    "a global bound by with": (
        "from contextlib import nullcontext\nglobal shared\nwith nullcontext(1) as shared: return shared",
        "binds a variable of several threads by with, except, match, import, def or class",
    ),
    "a variable bound by except again and again": (
        "for _ in range(2):\n    try: 1 / 0\n    except ZeroDivisionError as e: got = lambda: e\nreturn 1",
        "binds a variable of several threads by with, except, match, import, def or class",
    ),
    "dictionaries written in Python": ("from collections import UserDict\nreturn len(UserDict())", "uses UserDict"),
}


@pytest.mark.parametrize("what", NEVER_PROVEN)
def test_nothing_is_proven_of_what_is_not_seen_and_that_is_said(what: str) -> None:
    body, why = NEVER_PROVEN[what]
    _, coverage = explored("", body)
    assert not coverage.exhausted
    assert coverage.notes == (f"nothing is proven of a program that {why}",)


def test_a_name_of_the_answers_own_is_no_file() -> None:
    _, coverage = explored("class Gate:\n    def open(self): return 1", "gate = Gate()\nreturn gate.open()")
    assert coverage.exhausted


def test_the_numbers_are_those_of_python() -> None:
    body = """
        def s(answer):
            import random
            def some(of):
                of.seed("x")
                state, row = of.getstate(), list(range(9))
                of.shuffle(row)
                drawn = [of.random(), of.randint(1, 6), of.choice("abc"), of.gauss(0, 1), of.gauss(0, 1), row]
                of.setstate(state)
                return drawn + [of.sample(range(9), 4), of.randbytes(3).hex(), of.uniform(1, 2)]
            class Mine(random.Random): pass
            return some(random), some(random.Random()), some(Mine(1))
    """
    real = random.Random("x")
    row = list(range(9))
    real.shuffle(row)
    drawn = [real.random(), real.randint(1, 6), real.choice("abc"), real.gauss(0, 1), real.gauss(0, 1), row]
    real.seed("x")
    drawn += [real.sample(range(9), 4), real.randbytes(3).hex(), real.uniform(1, 2)]
    assert run(body).value == [drawn] * 3


def test_the_module_that_others_import_is_left_alone() -> None:
    random.seed(5)
    expected = random.Random(5).random()
    run("def s(answer):\n    import random\n    random.seed(1)\n    return random.random()")
    assert random.random() == expected


LOTS = """
    def s(answer):
        import logging, os, random, secrets, uuid
        logging.basicConfig(format="%(asctime)s.%(msecs)d %(relativeCreated)d %(threadName)s %(message)s")
        logging.warning("%s", random.random())
        drawn = [random.Random().random(), random.SystemRandom().random(), random.randbytes(4).hex()]
        return drawn + [os.urandom(4).hex(), secrets.token_hex(4), str(uuid.uuid4())]
"""


def test_another_process_draws_the_same_lots_and_logs_the_same_lines() -> None:
    here = Path(__file__).resolve()
    code = f"import sys; sys.path[:0] = {[str(here.parent), str(here.parents[2])]!r}\n"
    code += "import test_library_in_hand as t; e = t.run(t.LOTS); print((e.value, e.printed))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here_too = run(LOTS)
    assert said.stdout.strip() == repr((here_too.value, here_too.printed))
    assert here_too.printed.count("MainThread 0.8444218515250481") == 1


def test_each_execution_finds_logging_as_if_just_imported() -> None:
    program = load(
        {"answer.py": "import logging\nlogging.basicConfig(format='%(message)s')\n"},
        "answer",
        "def run(answer):\n    import logging\n    logging.error('said')\n    logging.getLogger('x').setLevel(50)\n"
        "    logging.disable(10)\n    return len(logging.getLogger().handlers), logging.getLogger('x').level\n",
        "test_it.py",
    )
    said = []
    for _ in range(3):
        strategy = Natural()
        strategy.begin()
        said.append(program.engine.run(program.execution("run", {}), strategy))
    assert [(one.value, one.printed) for one in said] == [([1, 50], "said\n")] * 3


def test_dates_go_by_the_virtual_clock() -> None:
    body = """
        def s(answer):
            import datetime as d
            from datetime import datetime, date, timedelta, timezone
            begin = datetime.now()
            time.sleep(90)
            took = datetime.now() - begin
            utc = datetime.now(timezone.utc)
            old = datetime.fromtimestamp(0, timezone.utc)
            dates = [isinstance(utc, d.date), isinstance(utc.date(), date), issubclass(datetime, date)]
            times = [isinstance(old + timedelta(1), datetime), isinstance(date.today(), datetime)]
            said = [repr(utc), repr(old), str(date(2020, 1, 2))]
            return took.total_seconds(), utc.timestamp() - time.time(), said, dates, times, type(utc) is datetime
    """
    execution = run(body, clock="exact")
    assert execution.value == [
        90.0,
        0.0,
        [
            repr(datetime.datetime.fromtimestamp(1_700_000_090, datetime.UTC)),
            repr(datetime.datetime.fromtimestamp(0, datetime.UTC)),
            "2020-01-02",
        ],
        [True] * 3,
        [True, False],
        True,
    ]


def test_waiting_until_a_date_takes_no_time() -> None:
    body = """
        def s(answer):
            from datetime import datetime, timedelta
            end = datetime.now() + timedelta(hours=1)
            while datetime.now() < end:
                time.sleep(60)
            return "over"
    """
    execution = run(body, clock="exact")
    assert execution.value == "over"
    assert execution.makespan == 3600
