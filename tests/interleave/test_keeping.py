"""Modules that only define are imported once; no execution finds what an earlier one has changed."""

from __future__ import annotations

from random import Random
from textwrap import dedent

import pytest

from grader.interleave.instrument.telling import MOST_TYPES
from grader.interleave.program import Program, load
from grader.interleave.strategies.random_walk import RandomWalk

SCENARIO = "def ask(answer):\n    return answer.main()\n"
PLAIN = """
    '''What most answers look like.'''
    from __future__ import annotations

    import threading
    from collections import deque
    from typing import Callable

    LIMIT: int = 3
    NAMES = ("a", ("b", -1.5), None)

    class Empty(Exception):
        pass

    class Account:
        __slots__ = ["balance", "lock"]
        opened = 0

        def __init__(self, balance: int = 0, *, lock: Callable[[], object] | None = None) -> None:
            self.balance, self.lock = balance, threading.Lock()

        @property
        def rich(self) -> bool:
            return self.balance > LIMIT

        @staticmethod
        def zero():
            return 0

        class Inner:
            depth = 1

    def main():
        account = Account(5)
        threads = [threading.Thread(target=account.zero) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [account.rich, NAMES[1], Account.Inner.depth]

    if __name__ == "__main__":
        print(main())
"""


def loaded(source: str, scenarios: str = SCENARIO) -> Program:
    return load({"answer.py": dedent(source)}, "answer", scenarios, "scenarios.py")


def values(program: Program, times: int = 4) -> list[object]:
    walk, main = RandomWalk(Random(0)), program.execution("ask", {})
    return [program.engine.run(main, walk).value for _ in range(times)]


def is_kept(program: Program) -> bool:
    return program._kept is not None


def test_what_only_defines_is_imported_once() -> None:
    program = loaded(PLAIN)
    assert values(program) == [[True, ["b", -1.5], 1]] * 4
    assert is_kept(program)


def test_scenarios_with_decorators_of_the_kit_are_kept() -> None:
    scenarios = """
from grader.checks import scenario, together

@scenario
def ask(answer):
    together(answer.main, answer.main)
    return answer.main()
"""
    program = loaded(PLAIN, scenarios)
    values(program)
    assert is_kept(program)


CHANGES = {
    "a global": "n = 0\ndef main():\n    global n\n    n += 1\n    return n",
    "a new global": "def main():\n    global n\n    n = globals().get('n', 0) + 1\n    return n",
    "a global taken away": "n = 1\ndef main():\n    global n\n    m = n\n    del n\n    return m",
    "an attribute of the class": "class A:\n    n = 0\ndef main():\n    A.n += 1\n    return A.n",
    "a new one": "class A:\n    pass\ndef main():\n    A.n = getattr(A, 'n', 0) + 1\n    return A.n",
    "one taken away": "class A:\n    n = 1\ndef main():\n    n = A.n\n    del A.n\n    return n",
    "one of an inner class": "class A:\n    class B:\n        n = 0\ndef main():\n    A.B.n += 1\n    return A.B.n",
    "one that equals all": "class A:\n    n = 0\nclass E:\n    def __eq__(self, other):\n        return True\n"
    "    def __hash__(self):\n        return 0\n"
    "def main():\n    was = type(A.n).__name__\n    A.n = E()\n    return was",
    "a method": "class A:\n    def f(self):\n        return 1\ndef two(self):\n    return 2\n"
    "def main():\n    n = A().f()\n    A.f = two\n    return n",
    "through an instance": "class A:\n    n = 0\ndef main():\n    type(A()).n += 1\n    return A.n",
    "a list in a class": "class A:\n    all = []\ndef main():\n    A.all.append(1)\n    return len(A.all)",
    "a list": "ALL = []\ndef main():\n    ALL.append(1)\n    return len(ALL)",
    "a list in a tuple": "ALL = ([], 1)\ndef main():\n    ALL[0].append(1)\n    return len(ALL[0])",
    "a list as a default": "def main(all=[]):\n    all.append(1)\n    return len(all)",
    "an attribute of a function": "def main():\n    main.n = getattr(main, 'n', 0) + 1\n    return main.n",
    "of a method": "class A:\n    def f(self):\n        pass\n"
    "def main():\n    f = A.__dict__['f']\n    f.n = getattr(f, 'n', 0) + 1\n    return f.n",
    "of a static method": "class A:\n    @staticmethod\n    def f():\n        pass\n"
    "def main():\n    A.f.n = getattr(A.f, 'n', 0) + 1\n    return A.f.n",
    "of a property's function": "class A:\n    @property\n    def f(self):\n        pass\n"
    "def main():\n    f = A.f.fget\n    f.n = getattr(f, 'n', 0) + 1\n    return f.n",
    "defaults": "def f(n=0):\n    return n\ndef main():\n    n = f()\n    f.__defaults__ = (n + 1,)\n    return n",
    "code": "def f():\n    return 0\ndef g():\n    return 1\n"
    "def main():\n    n = f()\n    f.__code__ = g.__code__\n    return n",
    "by setattr": "class A:\n    n = 0\ndef main():\n    setattr(A, 'n', A.n + 1)\n    return A.n",
    "by vars": "import sys\ndef main():\n    names = vars(sys.modules['answer'])\n"
    "    names['n'] = names.get('n', 0) + 1\n    return names['n']",
    "a lock that is never given back": "import threading\nL = threading.Lock()\n"
    "def main():\n    return L.acquire(blocking=False)",
    "a cached function": "import functools\nCALLS = []\n@functools.cache\ndef f():\n    CALLS.append(1)\n"
    "def main():\n    f()\n    return len(CALLS)",
    "chance": "import random\ndef main():\n    return random.randrange(10 ** 9)",
    "what is printed": "print('imported')\nimport sys\ndef main():\n    return sys.stdout.getvalue()",
    "the stream": "import sys\nOUT = sys.stdout\ndef main():\n    return OUT is sys.stdout",
    "by an own helper": "import helper\ndef main():\n    helper.n += 1\n    return helper.n",
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_execution_finds_what_an_earlier_one_has_changed(change: str) -> None:
    files = {"answer.py": CHANGES[change] + "\n", "helper.py": "n = 0\n"}
    program = load(files, "answer", SCENARIO, "scenarios.py")
    first, *others = values(program)
    assert others == [first] * 3


def test_what_the_scenario_changes_is_put_back_too() -> None:
    scenario = (
        "def ask(answer):\n    answer.LIMIT += 1\n    answer.NEW = 1\n    return [answer.LIMIT, len(dir(answer))]\n"
    )
    program = loaded("LIMIT = 1\ndef main():\n    pass\n", scenario)
    first, *others = values(program)
    assert others == [first] * 3


@pytest.mark.parametrize(
    "source",
    [
        "import socket", "X = [1]", "X = {}", "X = f()", "f()",
        "for x in (): pass", "def g(x=[]): pass", "class A(metaclass=M): pass", "@f\nclass A: pass", "x = y = 1",
        "try:\n    pass\nfinally:\n    pass",
    ],
)  # fmt: skip
def test_whatever_does_more_than_define_is_imported_anew(source: str) -> None:
    program = loaded("def f(x=None): return x\nclass M(type): pass\n" + source + "\ndef main(): return 1\n")
    assert values(program) == [1] * 4
    assert not is_kept(program)


def test_a_helper_that_is_imported_late_is_imported_anew_and_its_steps_are_told() -> None:
    """Else the second execution would have other steps than the first."""
    files = {
        "answer.py": "import threading\ndef work():\n    import helper\n    helper.n += 1\n"
        "def main():\n    threads = [threading.Thread(target=work) for _ in range(2)]\n"
        "    for thread in threads: thread.start()\n    for thread in threads: thread.join()\n"
        "    import helper\n    return helper.n\n",
        "helper.py": "n = 0\n",
    }
    program = load(files, "answer", SCENARIO, "scenarios.py")
    main = program.execution("ask", {})
    runs = [program.engine.run(main, RandomWalk(Random(7))) for _ in range(3)]
    assert len({(str(run.choices), run.value) for run in runs}) == 1
    assert is_kept(program)
    assert program._kept is not None
    assert set(program._kept.modules) == {"answer", "scenarios"}


COMES_AND_GOES = """
    import threading

    class A:
        pass

    def main():
        a, found = A(), []
        A.n = 1

        def work():
            found.append(a.n)
            a.n = 2

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        del A.n
        return found
"""


def test_what_is_known_of_a_class_is_the_same_in_each_execution() -> None:
    """It is kept from one to the next where the class is; in between the class has been another."""
    program = loaded(COMES_AND_GOES)
    main = program.execution("ask", {})
    runs = [program.engine.run(main, RandomWalk(Random(3))) for _ in range(4)]
    assert len({(str(run.choices), str(run.value)) for run in runs}) == 1
    assert len(runs[0].choices) > 8, "reading and writing `n` are steps"
    assert is_kept(program)


MAKES_CLASSES = """
    import threading

    def work():
        class A:
            pass

        a = A()
        a.n = [1]
        a.n.append(2)

    def main():
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
"""


def test_classes_that_a_function_makes_do_not_pile_up() -> None:
    program = loaded(MAKES_CLASSES)
    main, walk, hooks = program.execution("ask", {}), RandomWalk(Random(0)), program.engine.hooks
    known = []
    for _ in range(MOST_TYPES):
        program.engine.run(main, walk)
        known.append(max(len(hooks._shapes), len(hooks._natures)))
    assert is_kept(program)
    assert known[0] < known[9] < max(known) <= MOST_TYPES + 20
