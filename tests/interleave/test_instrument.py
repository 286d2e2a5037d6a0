"""Rewriting keeps what a program means, tells of every shared access, and names it in the student's words."""

import ast
import traceback

import pytest
from running import HEAD, program, run

from grader.interleave.instrument.facts import Facts
from grader.interleave.instrument.scopes import Scopes
from grader.interleave.program import load
from grader.interleave.strategies.natural import Natural

SNIPPETS = """
class A:
    n = 1
    def f(self):
        self.n += 2
        A.n += 5
        return self.n, A.n
result = A().f()
----
class A:
    __slots__ = ('x', '__y')
    def __init__(self):
        self.x, self.__y = 1, 2
        self.__y *= 3
    def get(self): return self.x, self.__y
result = A().get()
----
def f():
    n = 0
    def g():
        nonlocal n
        n += 1
        n, m = n * 2, 1
        return n
    return [g(), g(), n]
result = f()
----
total = 1
def f():
    global total
    total = total + 1
    total -= 5
    (total := total * 2)
    return total
result = f(), total
----
d = {'a': [1, 2, 3]}
d['a'][-1] += 4
d['b'] = d.setdefault('c', 3)
del d['a'][0]
d['a'][:1] = [9, 9]
d['a'][0:1] += [7]
result = d
----
def f():
    fs = []
    for i in range(3):
        fs.append(lambda: i)
    return [g() for g in fs]
result = f()
----
log = []
def key(name):
    log.append(name)
    return name
d = {}
d[key('i')] = key('v')
d[key('i') + 'x'] = key('w')
result = log, d
----
class Base:
    def __init__(self, x): self.x = x
    @property
    def double(self): return self.x * 2
    @double.setter
    def double(self, value): self.x = value // 2
class Sub(Base):
    def __init__(self):
        super().__init__(3)
        self.double = 10
        self.double += 2
result = Sub().x
----
def gen():
    x = yield 1
    while x: x = yield x - 1
g = gen()
result = next(g), g.send(3), g.send(2)
----
match {'k': [1, 2]}:
    case {'k': [a, *rest]} if rest: result = a, rest
----
try:
    raise KeyError('x')
except (KeyError, ValueError) as error:
    result = repr(error)
finally:
    done = 1
----
from dataclasses import dataclass, field
@dataclass(order=True)
class P:
    x: int = 0
    tags: list[str] = field(default_factory=list)
result = repr(sorted([P(2), P(1, ['a'])])), P(1) == P(1)
----
import enum
class Color(enum.Enum):
    RED = 1
    BLUE = 2
result = [c.name for c in Color], Color(1).value
----
from contextlib import contextmanager
@contextmanager
def c():
    yield 4
with c() as a, c() as (b): result = a + b
----
result = sorted({3, 1} | {2}), [*range(2), *[5]], {**{'a': 1}}, f'{[1]!r:>5}', not [], [] or [1], len('ab') == 2
----
class M(type):
    def __call__(cls, *a): return ('made', a)
class K(metaclass=M): pass
result = K(1, 2)
----
import functools
@functools.lru_cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
result = fib(30)
----
x = y = z = [1]
x.append(2)
(p, q), *r = (1, 2), 3, 4
result = y, z is x, p, q, r
----
def f(a, /, b=[1], *c, d={'k': 2}, **e): return a, b, c, d, e
result = f(0, 1, 2, d=3, g=4), f(1)
----
l = [3, 1, 2]
l.sort()
seen = []
for x in l:
    if x == 2: l.remove(2)
    seen.append(x)
else:
    seen.append('end')
result = l, seen
----
n = 0
while True:
    n += 1
    if n < 3: continue
    break
else:
    n = -1
result = n
----
class C:
    def __getattr__(self, name): return name.upper()
c = C()
result = c.abc, c.append
----
import heapq
from collections import deque, Counter, defaultdict
h = []
for i in (3, 1, 2): heapq.heappush(h, i)
d = defaultdict(list)
d['a'].append(1)
result = heapq.heappop(h), Counter('aab')['a'], d['a'], deque([1, 2]).popleft()
----
kept = []
add = kept.append
add(1)
list(map(add, [2, 3]))
result = kept
----
def f():
    doubled = [0, 0, 0]
    calls = []
    for i in range(3):
        calls.append(lambda: doubled[i])
        doubled[i] = 2 * i
    return doubled[2], [call() for call in calls]
result = f()
----
import enum
counts = {'all': 0}
class Size(enum.Enum):
    SMALL = 1
    counts['all'] += 1
    BIG = 2
    counts['all'] += 1
result = list(Size), counts
----
class Watched:
    def __init__(self): self.asked, self.n = [], 1
    def __getattribute__(self, name):
        if name != 'asked': object.__getattribute__(self, 'asked').append(name)
        return super().__getattribute__(name)
    def __call__(self, x): return x + self.n
w = Watched()
w.n += w(2)
result = w.n, w.asked, w.__class__.__name__
----
class Ordered(type):
    n = 0
    def mro(cls):
        cls.n += 1
        return type.mro(cls)
class K(metaclass=Ordered): pass
result = K.n, Ordered.n
----
class Counted(list):
    rounds = 0
    def __iter__(self):
        self.rounds += 1
        return super().__iter__()
    def __len__(self):
        self.rounds += 10
        return super().__len__()
c = Counted([[1], [2]])
result = repr(c), str([c]), c == [[1], [2]], c.rounds
----
left = iter([1, 0, 2])
for _ in range(1200): left = filter(None, left)
held = [left]
del left
try: result = next(held[0])
except RecursionError: result = 'too deep'
----
kept = []
add = kept.append
result = add.__name__, add == kept.append, add.__self__ is kept, {add: 1}[kept.append], repr(add)[:20]
----
log = []
def inner(n):
    try:
        while n:
            try: n = yield n
            except KeyError as error: n = yield repr(error)
    finally: log.append('closed')
    return 'done'
def outer(n, over):
    log.append((yield from inner(n)))
    yield from over
    return (yield from inner(n))
g = outer(3, [7, 8])
first = next(g), g.send(2), g.throw(KeyError('k')), g.send(4), g.send(0), next(g), next(g)
g.close()
deep = outer(1, (x for x in 'ab'))
seen = [next(deep), deep.send(None), next(deep), next(deep)]
try: deep.send(0)
except StopIteration as end: seen.append(end.value)
result = first, seen, log
----
import sys, typing
from collections import namedtuple
def f():
    P = namedtuple('P', 'x y')
    Q = typing.NamedTuple('Q', [('x', int)])
    D = typing.TypedDict('D', {'x': int})
    return [one.__module__ for one in (P, Q, D)], sys._getframe(0).f_code.co_name
result = f()[0] == [__name__] * 3, f()[1]
""".strip().split("\n----\n")


@pytest.mark.parametrize("source", SNIPPETS, ids=range(len(SNIPPETS)))
@pytest.mark.parametrize("others", [False, True], ids=["alone", "beside another thread"])
def test_a_rewritten_program_gives_what_the_plain_one_gives(source, others):
    plain: dict = {"__name__": "subject"}
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


THING = """
class Thing:
    def __init__(self):
        self.n = 0
        self.items = [1, 2]
        self.d = {}
        self.lock = threading.Lock()
"""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("thing.n += 1", [("read", "thing.n"), ("write", "thing.n")]),
        ("thing.n = thing.n + 1", [("read", "thing.n"), ("write", "thing.n")]),
        ("thing.items.append(3)", [("write", "thing.items")]),
        ("len(thing.items)", [("read", "thing.items")]),
        ("not thing.items", [("read", "thing.items")]),
        ("sum(thing.items)", [("read", "thing.items")]),
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
        ("add = thing.items.append; add(1)", [("write", "thing.items")]),
        ("import heapq; heapq.heappush(thing.items, 3)", [("write", "thing.items")]),
        ("next(thing.it)", [("write", "thing.it"), ("read", "thing.it")]),
    ],
)
def test_each_access_to_shared_data_is_told(line, told):
    extra = "        self.it = iter([1])\n"
    change = "def elsewhere(thing):\n    thing.n = 1\n"
    assert operations(f"{THING}{extra}{change}def work(thing):\n    {line}\n") == told


def test_the_variables_that_closures_share_are_told():
    work = """
count = 0
def work(thing):
    global count
    n = 0
    def add():
        nonlocal n
        n += 1
    add()
    count += 1
"""
    told = [("write", "n"), ("read", "n"), ("write", "n"), ("read", "count"), ("write", "count")]
    assert operations(THING + work) == told


def test_deleting_a_shared_variable_is_told():
    work = """
count, total = 0, 0
def change():
    global count, total
    count, total = 1, 2
def work(thing):
    global count, total
    del count, total
"""
    assert operations(THING + work) == [("write", "count"), ("write", "total")]


def test_what_only_init_assigns_is_not_told():
    assert operations(THING + "def work(thing):\n    thing.n; thing.lock\n") == []


def facts(source: str) -> Facts:
    return Facts([ast.parse(source)])


def test_an_attribute_assigned_after_self_is_known_elsewhere_is_not_final():
    source = (
        "class A:\n    def __init__(self):\n        self.early = 1\n        start(self.run)\n        self.late = 2\n"
    )
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
