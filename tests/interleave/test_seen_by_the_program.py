"""What a program can see of the engine when it looks at itself, at its errors and classes: nothing that is ours."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from grader.interleave.program import load, plain
from grader.interleave.strategies.natural import Natural

HEAD = """
import traceback
from typing import Protocol, runtime_checkable
def words():
    return [line.strip() for line in traceback.format_exc().splitlines()]
def frames(call):
    try: call()
    except Exception: return [line for line in words() if line.startswith("File")], words()[-1]
class Meta(type):
    def __new__(meta, name, bases, names): return super().__new__(meta, name, bases, {**names, "seen": sorted(names)})
"""
LOOKS = {
    "an item that is not there": "def f(): return 'k'\ndef main(): return frames(lambda: {}[f()])",
    "an index of a wrong type": "def main(): return frames(lambda: {}[[]])",
    "an item set with a wrong index": "def g():\n    d = {}\n    d[[]] = 1\ndef main(): return frames(g)",
    "an item deleted that is not there": "def g():\n    d = {}\n    del d['a' + 'b']\ndef main(): return frames(g)",
    "+= on an item that is not there": "def g():\n    d = {}\n    d['k'] += 1\ndef main(): return frames(g)",
    "+= on a tuple's item": "def g():\n    t = (1,)\n    t[0] += 1\ndef main(): return frames(g)",
    "an attribute by its dictionary": "class A: pass\ndef main(): return frames(lambda: vars(A())['x' + 'y'])",
    "an index within an index": "d = {0: 1, 1: 2}\ndef f(n): return d[f(n - 1)] if n else 0\ndef main(): return f(2)",
    "a defaultdict without a factory": """
        from collections import defaultdict
        def main(): return frames(lambda: defaultdict()["k"])
    """,
    "an attribute whose name is no text": """
        class A: pass
        def main():
            a = A()
            a.__dict__[1] = 3
            return list(vars(a)), vars(a)[1]
    """,
    "a map that is copied": """
        import copy
        def double(x): return 2 * x
        def main():
            xs = map(double, [1, 2, 3])
            next(xs)
            return list(copy.deepcopy(xs)), list(xs)
    """,
    "super of no instance": """
        class A:
            def hi(self): return "A"
        class B(A):
            def hi(self): return self.__super.hi() + "B"
        B._B__super = super(B)
        def main(): return B().hi(), super(B).hi if hasattr(super(B), "hi") else None
    """,
    "+= on an item, evaluated once": """
        said = []
        def say(x): said.append(x); return x
        d = {1: [2]}
        def main():
            d[say(1)][say(0)] += say(3)
            d[say(1)][say(0)] = d[say(1)][say(0)] + say(4)
            return d, said
    """,
    "a class that counts": """
        class A(metaclass=Meta):
            table, n = {"a": 1}, 1
            table["a"] += 1
            n += 1
        def main(): return A.seen, A.table, A.n
    """,
    "a class that fails to count": """
        class A(metaclass=Meta):
            table = {}
            try: table["a"] += 1
            except KeyError: table["a"] = 1
        def main(): return A.seen, A.table
    """,
    "a class that binds what is global": """
        total = n = 0
        class A(metaclass=Meta):
            global total, n
            total = n = 4
            total, n = 2, 3
            for n in range(3):
                if n: break
        def look():
            global total, n
            total += n
        def main(): return look(), A.seen, total
    """,
    "a protocol that counts": """
        @runtime_checkable
        class P(Protocol):
            table = {"a": 1}
            table["a"] += 1
            def run(self): ...
        class Impl:
            table = {}
            def run(self): ...
        def main(): return isinstance(Impl(), P)
    """,
    "print of what is no iterable": "def main(): return frames(lambda: print(*3))[1]",
    "print with a wrong option": "def main(): return print.__name__, print.__qualname__, print.__module__",
}  # fmt: skip


SCENARIO = """
from threading import Thread
def run(answer):
    seen = []
    thread = Thread(target=lambda: seen.append(answer.main()))
    thread.start(), thread.join()
    return seen
"""


@pytest.mark.parametrize("case", LOOKS)
def test_the_program_sees_what_it_sees_without_the_engine(case: str) -> None:
    answer = HEAD + dedent(LOOKS[case])
    names: dict[str, Any] = {"__name__": "answer"}
    exec(compile(answer, "answer.py", "exec"), names)
    program = load({"answer.py": answer}, "answer", SCENARIO, "test_it.py")
    natural = Natural()
    assert natural.begin()
    execution = program.engine.run(program.execution("run", {}), natural)
    assert execution.ending == "done", execution.detail
    assert execution.value == [plain(names["main"]())]
