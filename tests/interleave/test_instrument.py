"""Rewriting keeps what a program means, tells of every shared access, and names it in the student's words."""

import ast
import traceback

import pytest
from running import HEAD, program, run

from grader.interleave.instrument.facts import Facts
from grader.interleave.instrument.scopes import Scopes
from grader.interleave.program import load
from grader.interleave.strategies.natural import Natural

SNIPPETS = [
    "class A:\n    n = 1\n    def f(self):\n        self.n += 2\n        A.n += 5\n        return self.n, A.n\nresult = A().f()",
    "class A:\n    __slots__ = ('x', '__y')\n    def __init__(self):\n        self.x, self.__y = 1, 2\n        self.__y *= 3\n"
    "    def get(self): return self.x, self.__y\nresult = A().get()",
    "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n        n, m = n * 2, 1\n        return n\n"
    "    return [g(), g(), n]\nresult = f()",
    "total = 1\ndef f():\n    global total\n    total = total + 1\n    total -= 5\n    (total := total * 2)\n    return total\n"
    "result = f(), total",
    "d = {'a': [1, 2, 3]}\nd['a'][-1] += 4\nd['b'] = d.setdefault('c', 3)\ndel d['a'][0]\nd['a'][:1] = [9, 9]\n"
    "d['a'][0:1] += [7]\nresult = d",
    "def f():\n    fs = []\n    for i in range(3):\n        fs.append(lambda: i)\n    return [g() for g in fs]\nresult = f()",
    "log = []\ndef key(name):\n    log.append(name)\n    return name\nd = {}\nd[key('i')] = key('v')\nd[key('i') + 'x'] = key('w')\n"
    "result = log, d",
    "class Base:\n    def __init__(self, x): self.x = x\n    @property\n    def double(self): return self.x * 2\n"
    "    @double.setter\n    def double(self, value): self.x = value // 2\n"
    "class Sub(Base):\n    def __init__(self):\n        super().__init__(3)\n        self.double = 10\n        self.double += 2\n"
    "result = Sub().x",
    "def gen():\n    x = yield 1\n    while x: x = yield x - 1\ng = gen()\nresult = next(g), g.send(3), g.send(2)",
    "match {'k': [1, 2]}:\n    case {'k': [a, *rest]} if rest: result = a, rest",
    "try:\n    raise KeyError('x')\nexcept (KeyError, ValueError) as error:\n    result = repr(error)\nfinally:\n    done = 1",
    "from dataclasses import dataclass, field\n@dataclass(order=True)\nclass P:\n    x: int = 0\n    tags: list[str] = "
    "field(default_factory=list)\nresult = repr(sorted([P(2), P(1, ['a'])])), P(1) == P(1)",
    "import enum\nclass Color(enum.Enum):\n    RED = 1\n    BLUE = 2\nresult = [c.name for c in Color], Color(1).value",
    "from contextlib import contextmanager\n@contextmanager\ndef c():\n    yield 4\nwith c() as a, c() as (b): result = a + b",
    "result = sorted({3, 1} | {2}), [*range(2), *[5]], {**{'a': 1}}, f'{[1]!r:>5}', not [], [] or [1], len('ab') == 2",
    "class M(type):\n    def __call__(cls, *a): return ('made', a)\nclass K(metaclass=M): pass\nresult = K(1, 2)",
    "import functools\n@functools.lru_cache\ndef fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nresult = fib(30)",
    "x = y = z = [1]\nx.append(2)\n(p, q), *r = (1, 2), 3, 4\nresult = y, z is x, p, q, r",
    "def f(a, /, b=[1], *c, d={'k': 2}, **e): return a, b, c, d, e\nresult = f(0, 1, 2, d=3, g=4), f(1)",
    "l = [3, 1, 2]\nl.sort()\nseen = []\nfor x in l:\n    if x == 2: l.remove(2)\n    seen.append(x)\nelse:\n    seen.append('end')\n"
    "result = l, seen",
    "n = 0\nwhile True:\n    n += 1\n    if n < 3: continue\n    break\nelse:\n    n = -1\nresult = n",
    "class C:\n    def __getattr__(self, name): return name.upper()\nc = C()\nresult = c.abc, c.append",
    "import heapq\nfrom collections import deque, Counter, defaultdict\nh = []\nfor i in (3, 1, 2): heapq.heappush(h, i)\n"
    "d = defaultdict(list)\nd['a'].append(1)\nresult = heapq.heappop(h), Counter('aab')['a'], d['a'], deque([1, 2]).popleft()",
    "kept = []\nadd = kept.append\nadd(1)\nlist(map(add, [2, 3]))\nresult = kept",
]  # fmt: skip


@pytest.mark.parametrize("source", SNIPPETS, ids=range(len(SNIPPETS)))
@pytest.mark.parametrize("others", [False, True], ids=["alone", "beside another thread"])
def test_a_rewritten_program_gives_what_the_plain_one_gives(source, others):
    plain: dict = {}
    exec(compile(source, "plain.py", "exec"), plain)
    # Twice over: without hooks telling, and with another thread about, so that every hook does its work.
    beside = "    threading.Thread(target=queue.Queue().get, daemon=True).start()\n" if others else ""
    scenario = f"def s(answer):\n{beside}    import subject\n    return repr(subject.result)"
    made = load({"answer.py": "", "subject.py": source}, "answer", HEAD + scenario, "test_it.py")
    strategy = Natural()
    strategy.begin()
    execution = made.engine.run(made.execution("s", {}), strategy)
    assert execution.detail == ()
    assert execution.value == repr(plain["result"])


def operations(body: str) -> list[tuple[str, str]]:
    """(kind, words) of what thread A does: `work(thing)` with `thing` a `Thing`."""
    made = program(body + "\ndef s(answer):\n    thing = Thing()\n    together(lambda: work(thing), pause)")
    strategy = Natural()
    strategy.begin()
    execution = made.engine.run(made.execution("s", {}), strategy)
    assert execution.detail == ()
    done = [operation for operation, *_ in execution.choices if operation.thread == 1 and operation.site >= 0]
    named = [(operation.kind, made.engine.sites[operation.site]) for operation in done if operation.kind != "end"]
    return [(kind, site.words) for kind, site in named if site.file == "test_it.py"]


THING = "class Thing:\n    def __init__(self):\n        self.n = 0\n        self.items = [1, 2]\n        self.d = {}\n        self.lock = threading.Lock()\n"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("thing.n += 1", [("read", "thing.n"), ("write", "thing.n")]),
        ("thing.n = thing.n + 1", [("read", "thing.n"), ("write", "thing.n")]),
        ("thing.items.append(3)", [("write", "thing.items")]),
        ("len(thing.items)", [("read", "thing.items")] * 3),
        ("1 in thing.d", [("read", "thing.d")]),
        ("thing.d['k'] = 1", [("write", "thing.d['k']")]),
        ("thing.d.get('k')", [("read", "thing.d")]),
        ("thing.items[0] = 5", [("write", "thing.items[0]")]),
        ("thing.items[0] += 5", [("read", "thing.items[0]"), ("write", "thing.items[0]")]),
        ("if not thing.d: pass", [("read", "thing.d")]),
        ("list(thing.d.items())", [("read", "thing.d")]),
        ("with thing.lock: pass", [("acquire", "thing.lock")]),
        ("thing.lock.acquire()", [("acquire", "thing.lock")]),
        ("del thing.n", [("write", "thing.n")]),
        ("x = [1]; x = x + [2]", []),
        ("add = thing.items.append; add(1)", [("write", "thing.items.append")]),
        ("next(thing.it)", [("write", "thing.it")]),
    ],
)
def test_each_access_to_shared_data_is_told(line, told):
    extra = "        self.it = iter([1])\n"
    change = "def elsewhere(thing):\n    thing.n = 1\n"
    assert operations(f"{THING}{extra}{change}def work(thing):\n    {line}\n") == told


def test_the_variables_that_closures_share_are_told():
    body = THING + "count = 0\ndef work(thing):\n    global count\n    n = 0\n    def add():\n        nonlocal n\n        n += 1\n"
    body += "    add()\n    count += 1\n"
    told = operations(body)
    assert told == [("write", "n"), ("read", "n"), ("write", "n"), ("read", "count"), ("write", "count")]


def test_what_only_init_assigns_is_not_told():
    assert operations(THING + "def work(thing):\n    thing.n; thing.lock\n") == []


def facts(source: str) -> Facts:
    return Facts([ast.parse(source)])


def test_an_attribute_assigned_after_self_is_known_elsewhere_is_not_final():
    source = "class A:\n    def __init__(self):\n        self.early = 1\n        start(self.run)\n        self.late = 2\n"
    assert facts(source).is_final("early")
    assert not facts(source).is_final("late")


def test_an_attribute_assigned_anywhere_else_is_not_final():
    assert not facts("class A:\n    def __init__(self): self.x = 1\n    def f(self): self.x = 2").is_final("x")
    assert not facts("def f(a): a.x += 2").is_final("x")
    assert not facts("def f(a): setattr(a, 'x', 2)").is_final("anything")


def test_only_variables_that_are_bound_again_are_shared():
    tree = ast.parse("def f():\n    a = 1\n    b = 2\n    b = 3\n    return lambda: (a, b)")
    scopes = Scopes(tree)
    assert scopes.of[tree.body[0]].cells == {"b"}


def test_a_traceback_has_the_lines_of_the_source():
    execution = run("def s(answer):\n    answer.f([])", answer="\ndef f(items):\n    x = (items[\n        3])")
    assert (execution.error.file, execution.error.line) == ("answer.py", 3)
    assert traceback.format_exc() == "NoneType: None\n"
