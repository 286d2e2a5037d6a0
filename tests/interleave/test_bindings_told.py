"""Variables, patterns and slices: what binding and reading them is, step by step, so that no order is missed."""

from __future__ import annotations

import ast
from textwrap import indent

import pytest
from test_library_in_hand import HEAD, explored

from grader.interleave import explorer
from grader.interleave.explorer import Coverage
from grader.interleave.instrument.facts import UNSEEN
from grader.interleave.instrument.late import starters
from grader.interleave.instrument.scopes import Scopes
from grader.interleave.program import load

SLICES = {
    "added to": ("row[:] += f()", [[1, 0, 0], [1, 0]]),
    "a part added to": ("row[0:9] += f()", [[1, 0, 0], [1, 0]]),
}


@pytest.mark.parametrize(("work", "outcomes"), SLICES.values(), ids=SLICES)
def test_a_slice_is_read_then_written(work: str, outcomes: list[object]) -> None:
    seen, coverage = explored("def f(): return [0]", f"row = [1]\ndef w(): {work}\nboth(w, w)\nreturn row")
    assert [one for place, one in enumerate(seen) if one not in seen[:place]] == outcomes
    assert coverage.exhausted


def explored_at_import(script: str) -> tuple[list[object], Coverage]:
    """The same, of what the file does when it is imported; `main` returns `got`."""
    return explored(f"got = []\n{script}", "return got")


LATE_GLOBALS = {
    "rebound": (
        "flag = 'before'\nt = threading.Thread(target=lambda: got.append(flag))\nt.start()\nflag = 'after'\nt.join()",
        [["after"], ["before"]],
    ),
    "the variable of a loop": (
        "ts = []\nfor i in range(2):\n    ts.append(threading.Thread(target=lambda: got.append(i)))\n"
        "    ts[i].start()\nfor t in ts: t.join()",
        [[0, 1], [1, 0], [1, 1]],
    ),
    "started by a function": (
        "def look(): got.append(flag)\ndef go():\n    t = threading.Thread(target=look)\n    t.start()\n    return t\n"
        "flag = 1\nt = go()\nflag = 2\nt.join()",
        [[1], [2]],
    ),
}
LATE_LOCALS = {
    "several in one statement": (
        "a = b = 0\nt = threading.Thread(target=lambda: got.append((a, b)))\nt.start()\na, b = 1, 1\nt.join()",
        [[[0, 0]], [[0, 1]], [[1, 0]], [[1, 1]]],
    ),
    "bound once": (
        "def work():\n    try: got.append(x)\n    except NameError: got.append('unbound')\n"
        "t = threading.Thread(target=work); t.start()\nx = 5\nt.join()",
        [["unbound"], [5]],
    ),
    "by way of another function": (
        "def look():\n    try: got.append(x)\n    except NameError: got.append('unbound')\n"
        "def work(): look()\nt = threading.Thread(target=work); t.start()\nx = 5\nt.join()",
        [["unbound"], [5]],
    ),
    "by the statement that starts": (
        "def start(work):\n    t = threading.Thread(target=work); t.start()\n    return t\n"
        "def work():\n    try: got.append(t is None)\n    except NameError: got.append('unbound')\n"
        "t = start(work)\nt.join()",
        [["unbound"], [False]],
    ),
}


@pytest.mark.parametrize(("script", "outcomes"), LATE_GLOBALS.values(), ids=LATE_GLOBALS)
def test_a_global_bound_when_threads_run_is_told(script: str, outcomes: list[object]) -> None:
    seen, coverage = explored_at_import(script)
    assert [one for place, one in enumerate(seen) if one not in seen[:place]] == outcomes
    assert coverage.exhausted


@pytest.mark.parametrize(("body", "outcomes"), LATE_LOCALS.values(), ids=LATE_LOCALS)
def test_a_local_bound_when_threads_run_is_told(body: str, outcomes: list[object]) -> None:
    seen, coverage = explored("", f"got = []\n{body}\nreturn got")
    assert [one for place, one in enumerate(seen) if one not in seen[:place]] == outcomes
    assert coverage.exhausted


def test_what_is_bound_before_anybody_looks_is_not_told() -> None:
    source = """
def main():
    def add(): total.append(one)
    def work(): add()
    total, one = [], 1
    t = Thread(target=work)
    t.start()
lock = Lock()
class Account:
    def get(self):
        with lock: return limit
limit = 5
def other(): main()
other()
"""
    scopes = Scopes(ast.parse(source), starters([ast.parse(source)]))
    assert not scopes.globals
    assert not any(scope.cells for scope in scopes.of.values())


def test_nothing_is_proven_where_such_a_binding_is_not_told() -> None:
    _, coverage = explored_at_import("t = threading.Thread(target=lambda: late)\nt.start()\ndef late(): pass\nt.join()")
    assert coverage.notes == ("nothing is proven of a program that " + UNSEEN,)


MODULES = {
    "assigned by another": ("def w(): state.count = 1", "w", "state.get"),
    "set by another": ("def w(): setattr(state, 'count', 1)", "w", "state.get"),
    "rebound at home, asked by another": ("def look(): return state.count", "state.inc", "look"),
    "of a package": ("def look(): return state.count", "state.inc", "look"),
}


@pytest.mark.parametrize("what", MODULES)
def test_a_global_of_another_module_is_told(what: str) -> None:
    top, write, look = MODULES[what]
    rebinds = "def inc():\n    global count\n    count = 1\n" if "inc" in write else ""
    home = "parts.state" if "package" in what else "state"
    state = f"count = 0\ndef get(): return count\n{rebinds}"
    body = f"got = []\nboth({write}, lambda: got.append({look}()))\nreturn got"
    seen, coverage = explored(f"import {home} as state\n{top}", body, {f"{home.replace('.', '/')}.py": state})
    assert (seen, coverage.exhausted) == ([[0], [1]], True)


CAPTURED = {
    "a list": (
        "with ThreadPoolExecutor(1) as ex:\n    fs = [ex.submit(lambda: i) for i in range(2)]\n"
        "return [f.result() for f in fs]",
        [[0, 1], [1, 1]],
    ),
    "a dictionary, two variables, by a condition": (
        "with ThreadPoolExecutor(1) as ex:\n"
        "    fs = {i: ex.submit(lambda: i + j) for k in [1] for i, j in ((k, 2), (k, 0), (2, 3)) if j}\n"
        "return [f.result() for f in fs.values()]",
        [[1, 5], [2, 5], [3, 5], [4, 5], [5, 5]],
    ),
}


@pytest.mark.parametrize(("body", "outcomes"), CAPTURED.values(), ids=CAPTURED)
def test_the_variable_of_a_comprehension_that_a_function_has_is_told(body: str, outcomes: list[object]) -> None:
    seen, coverage = explored("from concurrent.futures import ThreadPoolExecutor", body)
    found = [one for place, one in enumerate(seen) if one not in seen[:place]]
    assert all(one in found for one in outcomes)
    assert coverage.exhausted


def test_a_comprehension_that_is_told_of_means_what_it_meant() -> None:
    body = """
class Row:
    size = [2, 3]
    fs = [(lambda: (i, j)) for i in size for j in range(i) if j]
    n = 7
late = (f() for f in ((lambda: i) for i in Row.size))
gone = [(m := k, lambda: k)[0] for k in range(3)]
pairs = {i: [lambda: i + j for j in 'ab'] for i in 'xy'}
return [f() for f in Row.fs], list(late), m, gone, [f() for f in pairs['x'] + pairs['y']], hasattr(Row, 'i')
"""
    seen, coverage = explored("", body)
    assert seen == [[[[3, 2]] * 3, [2, 3], 2, [0, 1, 2], ["yb"] * 4, False]]
    assert coverage.exhausted


def told(body: str, top: str = "") -> set[tuple[str, str, str]]:
    """What the explanation of the first outcome that is an error says was done: (operation, target, value)."""
    answer = f"{HEAD}{top}\ndef main():\n{indent(body, '    ')}\n"
    program = load({"answer.py": answer}, "answer", "def run(answer): return answer.main()\n", "test_it.py")
    plan, bad = explorer.Plan(executions=400), list[explorer.Outcome]()

    def heard(outcome: explorer.Outcome) -> bool:
        bad.extend([outcome] if outcome.ending != "done" else [])
        return not bad

    explorer.explore(program, "run", {}, plan, heard)
    trace = explorer.explain(program, "run", {}, bad[0].schedule, plan)
    return {(step.operation, step.target, step.value) for step in trace.steps}


def test_a_loop_variable_is_told_with_its_value() -> None:
    body = (
        "got, ts = [], []\nfor i in range(2):\n    t = threading.Thread(target=lambda: got.append(i))\n"
        "    t.start(); ts.append(t)\nfor t in ts: t.join()\nassert got == [0, 1]"
    )
    assert {("change", "i", "1"), ("read", "i", "1")} <= told(body)
    assert not {value for _, _, value in told(body)} & {"None"}


THING = """
class Thing:
    def __init__(self): self.h, self.x = print, 0
    def work(self):
        if self.h: self.h()
    def stop(self): self.h = None
one = Thing()
def add(): setattr(one, "x", getattr(one, "x") + 1)
def first():
    if not hasattr(one, "made"): object.__setattr__(one, "made", [])
    one.made.append(1)
"""
NAMES = {
    "a callback": ("both(one.work, one.stop)", {("read", "self.h", "None"), ("write", "self.h", "None")}),
    "by name": ("both(add, add); assert one.x == 2", {("read", "one.x", "0"), ("write", "one.x", "1")}),
    "by name, of object": ("both(first, first); assert len(one.made) == 2", {("write", "one.made", "[]")}),
}


@pytest.mark.parametrize(("body", "steps"), NAMES.values(), ids=NAMES)
def test_an_attribute_is_told_by_its_name(body: str, steps: set[tuple[str, str, str]]) -> None:
    assert steps <= told(body, THING)


CONN = """
class Conn:
    __match_args__ = ("state",)
    def __init__(self): self.state, self.inner = "idle", None
c = Conn()
d = {"state": "idle"}
outer = Conn()
outer.inner = [c]
def busy(): c.state = "busy"
def put(): d["state"] = "busy"
def label(one):
    match one:
        case CASE_1: return "B"
        case CASE_2: return "I"
        case _: return "?"
"""
PATTERNS = {
    "attributes": ("c", "busy", "Conn(state='busy')", "Conn(state='idle')"),
    "attributes by place": ("c", "busy", "Conn('busy') as x", "Conn('idle') as x"),
    "items by key": ("d", "put", "{'state': 'busy'}", "{'state': 'idle'}"),
    "inside": ("outer", "busy", "Conn(inner=[Conn(state='busy'), *_])", "Conn(inner=[Conn('idle')])"),
    "in a tuple": ("(1, c)", "busy", "(1, Conn('busy') | Conn('odd'))", "[int(), Conn(state='idle')] if True"),
}


@pytest.mark.parametrize(("thing", "change", "first", "second"), PATTERNS.values(), ids=PATTERNS)
def test_what_each_pattern_looks_at_is_told(thing: str, change: str, first: str, second: str) -> None:
    top = CONN.replace("CASE_1", first).replace("CASE_2", second)
    seen, coverage = explored(top, f"got = []\nboth({change}, lambda: got.append(label({thing})))\nreturn got")
    assert [one for place, one in enumerate(seen) if one not in seen[:place]] == [["?"], ["B"], ["I"]]
    assert coverage.exhausted


def test_patterns_of_what_others_change_in_several_places_prove_nothing() -> None:
    top = CONN.replace("CASE_1", "Conn(state='busy', inner=1)").replace("CASE_2", "Conn(state='idle', inner=None)")
    work = "def work():\n    c.inner = 1\n    c.state = 'busy'\n"
    assert not explored(top + work, "got = []\nboth(work, lambda: got.append(label(c)))\nreturn got")[1].exhausted
