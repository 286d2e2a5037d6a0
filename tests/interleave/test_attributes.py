"""Attributes: whoever may see one change, in whatever way it is written and looked up, sees it in each state."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import pytest
from test_library_in_hand import explored

from grader.interleave.instrument.facts import Facts

INIT_AGAIN = {
    "an object makes itself new": (
        "class Stats:\n    def __init__(self): self.total = 0; self.items = []\n    def reset(self): self.__init__()",
        "s = Stats(); s.items.append(1); got = []\nboth(s.reset, lambda: got.append((s.total, len(s.items))))\n"
        "return got", [[[0, 0]], [[0, 1]]],
    ),
    "by another name": (
        "class Stats:\n    def __init__(self): self.items = []\n    reset = __init__",
        "s = Stats(); s.items.append(1); got = []\nboth(s.reset, lambda: got.append(len(s.items)))\nreturn got",
        [[0], [1]],
    ),
    "others make it new": (
        "class Stats:\n    def __init__(self): self.items = []",
        "s = Stats(); s.items.append(1); got = []\n"
        "both(lambda: Stats.__init__(s), lambda: got.append(len(s.items)))\nreturn got", [[0], [1]],
    ),
    "a thread makes it new": (
        "class Stats:\n    def __init__(self): self.items = []",
        "s = Stats(); s.items.append(1); got = []\nboth(s.__init__, lambda: got.append(len(s.items)))\nreturn got",
        [[0], [1]],
    ),
    "the only one of its class": (
        "class Config:\n    _instance = None; _lock = threading.Lock()\n    def __new__(cls):\n"
        "        with cls._lock:\n            if cls._instance is None: cls._instance = super().__new__(cls)\n"
        "        return cls._instance\n    def __init__(self): self.data = {}\n"
        "    def put(self, k): self.data[k] = 1",
        "both(lambda: Config().put('a'), lambda: Config().put('b'))\nreturn sorted(Config._instance.data)",
        [["a"], ["b"], ["a", "b"]],
    ),
    "known before it is initialised": (
        "class Config:\n    _instance = None\n    def __new__(cls):\n        self = super().__new__(cls)\n"
        "        Config._instance = self\n        return self\n    def __init__(self): self.url = 'db'",
        "got = []\ndef look():\n    c = Config._instance\n"
        "    if c is not None: got.append(getattr(c, 'url', 'missing'))\nboth(Config, look)\nreturn got",
        [[], ["db"], ["missing"]],
    ),
    "a base with a parameter": (
        "from typing import Generic, TypeVar\nT = TypeVar('T'); seen = []\nclass Base(Generic[T]):\n"
        "    def __init__(self): self.thread = threading.Thread(target=self.run); self.thread.start()\n"
        "    def run(self): pass\nclass Worker(Base[int]):\n"
        "    def __init__(self): super().__init__(); self.limit = 5\n"
        "    def run(self): seen.append(hasattr(self, 'limit'))",
        "seen.clear(); Worker().thread.join()\nreturn seen", [[False], [True]],
    ),
    "a base by another name": (
        "class Base:\n    def __init__(self): self.thread = threading.Thread(target=self.run); self.thread.start()\n"
        "class Worker({1: Base}[1]):\n    def __init__(self): super().__init__(); self.limit = 5\n"
        "    def run(self): self.seen = getattr(self, 'limit', 0)",
        "w = Worker(); w.thread.join()\nreturn w.seen", [0, 5],
    ),
    "handed on, and then the base's": (
        "class Base:\n    def __init__(self): self.limit = 5\nclass Worker(Base):\n    def __init__(self):\n"
        "        self.t = threading.Thread(target=self.run); self.t.start(); {}\n"
        "    def run(self):\n        try: self.got = self.limit\n        except AttributeError: self.got = 'none'",
        "w = Worker(); w.t.join()\nreturn w.got", [5, "none"],
    ),
}  # fmt: skip
LATE = INIT_AGAIN.pop("handed on, and then the base's")
for how in ("Base.__init__(self)", "super().__init__()"):
    INIT_AGAIN[f"handed on, and then {how}"] = (LATE[0].replace("{}", how), *LATE[1:])


def assert_proven(top: str, body: str, values: Iterable[object]) -> None:
    """These are all the values that `body` may return, and nothing is left open."""
    seen, coverage = explored(top, body)
    assert {repr(one) for one in seen} == {repr(one) for one in values}
    assert coverage.exhausted
    assert not coverage.notes


@pytest.mark.parametrize("what", INIT_AGAIN)
def test_what_init_assigns_is_seen_where_others_may_know_the_object(what: str) -> None:
    assert_proven(*INIT_AGAIN[what])


def test_a_dataclass_that_makes_itself_new_is_not_proven() -> None:
    top = (
        "from dataclasses import dataclass\n@dataclass\nclass One:\n    n: int = 0\n    def new(self): self.__init__()"
    )
    _, coverage = explored(top, "one, got = One(1), []\nboth(one.new, lambda: got.append(one.n))\nreturn got")
    assert not coverage.exhausted
    assert coverage.notes == ("nothing is proven of a program that calls __init__ of a dataclass again",)


OF_A_CLASS = {
    "a private name, counted": (
        "class Registry:\n    __count = 0\n    @classmethod\n    def add(cls): Registry.__count += 1\n"
        "    @property\n    def count(self): return self.__count",
        "r = Registry(); got = []\nboth(Registry.add, lambda: got.append(r.count))\n"
        "return got", [[0], [1]],
    ),
    "a private name, set": (
        "class Job:\n    __stop = False\n    def stop(self): Job.__stop = True\n    def look(self): return self.__stop",
        "job = Job(); got = []\nboth(job.stop, lambda: got.append(job.look()))\nreturn got", [[False], [True]],
    ),
    "a private name, set from elsewhere": (
        "class _Job:\n    def __init__(self): self.__n = 0\n    def look(self): return self.__n",
        "job = _Job(); got = []\ndef set(): job._Job__n = 1\nboth(set, lambda: got.append(job.look()))\nreturn got",
        [[0], [1]],
    ),
    "a class by another name": (
        "class Shape: count = 0\nclass Circle(Shape): pass\ndef register(kind): kind.count += 1",
        "c = Circle(); got = []\nboth(lambda: register(Shape), lambda: got.append(c.count))\nreturn got", [[0], [1]],
    ),
    "classes one after the other": (
        "class A: count = 0\nclass B: count = 0\ndef add():\n    for c in (A, B): c.count += 1",
        "b = B(); got = []\nboth(add, lambda: got.append(b.count))\nreturn got", [[0], [1]],
    ),
    "a class derived, twice": (
        "class Shape: count = 0\nclass Circle(Shape): pass\ndef add(): Circle.count += 1; Circle.count += 1",
        "c = Circle(); got = []\nboth(add, lambda: got.append(c.count))\nreturn got", [[0], [1], [2]],
    ),
    "a class that has none yet": (
        "class Shape: pass\nclass Circle(Shape): pass\ndef set(): Shape.limit = 5; Shape.limit = 6",
        "c = Circle(); got = []\nboth(set, lambda: got.append(getattr(c, 'limit', 0)))\nreturn got", [[0], [5], [6]],
    ),
    "a class that has none yet, asked itself": (
        "class Shape: pass\nclass Circle(Shape): pass\ndef set(): Shape.limit = 5; Shape.limit = 6",
        "got = []\nboth(set, lambda: got.append(getattr(Circle, 'limit', 0)))\nreturn got", [[0], [5], [6]],
    ),
    "the base's, asked for as such": (
        "class Shape: count = 0\nclass Circle(Shape):\n    def look(self): return super().count\n"
        "def add(): Shape.count += 1",
        "c = Circle(); got = []\nboth(add, lambda: got.append(c.look()))\nreturn got", [[0], [1]],
    ),
    "one of two bases": (
        "class A: x = 0\nclass B: x = 1\nclass D(A, B): pass\ndef set(): A.x = 5; B.x = 6",
        "d = D(); got = []\nboth(set, lambda: got.append((d.x, B.x)))\nreturn got",
        [[[0, 1]], [[0, 6]], [[5, 1]], [[5, 6]]],
    ),
    "by a decorator": (
        "def counted(klass):\n    klass.calls = 0\n    def call(self):\n        klass.calls += 1\n"
        "        return self.calls\n    klass.call = call\n    return klass\n@counted\nclass Job: pass",
        "job = Job(); got = []\ndef work(): got.append(job.call())\nboth(work, work)\nreturn sorted(got)",
        [[1, 1], [1, 2], [2, 2]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", OF_A_CLASS)
def test_what_is_changed_in_the_class_is_seen_in_its_instances(what: str) -> None:
    assert_proven(*OF_A_CLASS[what])


def test_what_the_class_has_is_not_what_an_instance_assigns_to_itself() -> None:
    top = "class Account:\n    limit = 1\n    def double(self): self.limit *= 2"
    seen, coverage = explored(
        top, "a, got = Account(), []\nboth(a.double, lambda: got.append(Account.limit))\nreturn got"
    )
    assert seen == [[1]]
    assert coverage.exhausted
    assert not coverage.races


REPLACED = {
    "a method, in the instance": (
        "class Door:\n    def handle(self): return 'closed'\n    def _open(self): return 'open'\n"
        "    def unlock(self): self.handle = self._open",
        "d = Door(); got = []\nboth(d.unlock, lambda: got.append(d.handle()))\nreturn got", [["closed"], ["open"]],
    ),
    "a method, in the class": (
        "class Service:\n    def handler(self): return 'old'\n"
        "def swap(): Service.handler = lambda self: 'new'",
        "s = Service(); got = []\nboth(swap, lambda: got.append(s.handler()))\nreturn got", [["new"], ["old"]],
    ),
    "a method, in a class derived": (
        "class Base:\n    def handler(self): return 'old'\nclass Service(Base): pass\n"
        "def swap(): Service.handler = lambda self: 'new'; Service.handler = lambda self: 'newer'",
        "s = Service(); got = []\nboth(swap, lambda: got.append(s.handler()))\nreturn got",
        [["new"], ["newer"], ["old"]],
    ),
    "a static method": (
        "class Service:\n    @staticmethod\n    def handler(): return 'old'\n"
        "def swap(): Service.handler = staticmethod(lambda: 'new')",
        "got = []\nboth(swap, lambda: got.append(Service.handler()))\nreturn got", [["new"], ["old"]],
    ),
    "a method, by its name": (
        "class Door:\n    def handle(self): return 'closed'",
        "d = Door(); got = []\nboth(lambda: setattr(d, 'handle', lambda: 'open'), lambda: got.append(d.handle()))\n"
        "return got", [["closed"], ["open"]],
    ),
    "what computes itself": (
        "class lazy:\n    def __init__(self, f): self.f = f; self.name = f.__name__\n"
        "    def __get__(self, o, cls=None):\n        if o is None: return self\n"
        "        v = self.f(o); setattr(o, self.name, v); return v\n"
        "class Page:\n    def __init__(self): self.loads = []\n"
        "    @lazy\n    def body(self): self.loads.append(1); return 'text'",
        "p = Page(); both(lambda: p.body, lambda: p.body); return len(p.loads)", [1, 2],
    ),
    "a cached property that is forgotten": (
        "class Repo:\n    def __init__(self): self.loads = 0\n"
        "    @functools.cached_property\n    def data(self): self.loads += 1; return self.loads",
        "r = Repo(); r.data; got = []\ndef drop(): del r.data\nboth(drop, lambda: got.append(r.data))\n"
        "return got, r.loads", [[[1], 1], [[2], 2]],
    ),
    "a cached property that is given": (
        "class Repo:\n    @functools.cached_property\n    def data(self): return 1",
        "r = Repo(); got = []\ndef give(): r.data = 2\nboth(give, lambda: got.append(r.data))\n"
        "return got, r.data", [[[1], 1], [[1], 2], [[2], 2]],
    ),
    "the name of a thread": (
        "def rename(): threading.current_thread().name = 'renamed'",
        "t = threading.Thread(target=rename, name='fresh'); t.start(); got = t.name; t.join(); return got",
        ["fresh", "renamed"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REPLACED)
def test_what_is_replaced_is_seen_before_and_after(what: str) -> None:
    assert_proven(*REPLACED[what])


ORDINARY = {
    "a thread's": "class W(threading.Thread):\n    def __init__(self):\n        super().__init__(daemon=True)\n",
    "a thread's, in old words": "class W(threading.Thread):\n    def __init__(self):\n        Thread.__init__(self)\n",
    "started at once": "class W(Thread):\n    def __init__(self): self.n = 1; super().__init__(target=self.run)\n",
    "derived": "class A:\n    def __init__(self): self.n = 1\nclass B(A):\n    def __init__(self): A.__init__(self)\n",
    "beside the only one of its class": "class One:\n    def __new__(cls): return cls.it\n",
    "an error": "class Bad(Exception):\n    def __init__(self, n): super().__init__(f'no {n}'); self.n = n\n",
}


@pytest.mark.parametrize("what", ORDINARY)
def test_what_only_init_assigns_is_final_in_ordinary_classes(what: str) -> None:
    source = (
        "import threading\nfrom threading import Thread\nclass Plain:\n    def __init__(self): self.n = self.m = 1\n"
    )
    assert Facts([ast.parse(source + ORDINARY[what])]).is_final("m")
    assert Facts([ast.parse(source + ORDINARY[what])]).is_final("n")


def test_who_names_a_thread_by_a_method_is_not_proven() -> None:
    _, coverage = explored("", "threading.current_thread().setName('x')")
    assert coverage.notes == ("nothing is proven of a program that uses setName",)
    _, coverage = explored("class One:\n    def setName(self, name): self.name = name", "One().setName('x')")
    assert not coverage.notes


OF_THREADS = {
    "what it runs": (
        "t = threading.Thread(target=lambda: got.append('old'))\ndef change(): t.run = lambda: got.append('new')\n"
        "both(change, t.start)\nt.join()\nreturn got", [["new"], ["old"]],
    ),
    "its name, by the old method": ("both(change, lambda: got.append(t.getName()))\nreturn got", [["a"], ["b"]]),
    "its name, as it is shown": (
        "both(change, lambda: got.append(f'{t}'[:9]))\nreturn got", [["<Thread(a"], ["<Thread(b"]],
    ),
    "its name, in a log": (
        "f = io.StringIO()\nlogging.basicConfig(stream=f, format='%(threadName)s')\n"
        "other = threading.Thread(target=change)\n"
        "t.start(); other.start(); t.join(); other.join()\nreturn f.getvalue()", ["a\n", "b\n"],
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:getName")
@pytest.mark.parametrize("name", OF_THREADS)
def test_an_attribute_of_a_thread_of_the_library(name: str) -> None:
    body, values = OF_THREADS[name]
    head = "got = []\nt = threading.Thread(target=lambda: logging.error(''), name='a')\ndef change(): t.name = 'b'\n"
    seen, coverage = explored("", head + body)
    assert (seen, coverage.exhausted, coverage.notes) == (values, True, ())


def test_a_property_that_is_replaced_in_its_class_is_seen() -> None:
    top = "class A:\n    @property\n    def x(self): return 1\n"
    body = "a, got = A(), []\ndef change(): A.x = property(lambda self: 2)\nboth(change, lambda: got.append(a.x))\n"
    seen, coverage = explored(top, f"{body}return got")
    assert (seen, coverage.exhausted) == ([[1], [2]], True)
