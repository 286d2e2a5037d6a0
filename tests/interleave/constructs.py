"""A tiny program for each construct of Python that the engine says it controls: one that is wrong, one that is right.

DATA: two threads do the same update, which is wrong without a lock and right with one: (what stands at the top of the
module, the update, what is looked at in the end). `both(f, g)` runs two threads to their end.
WAITING: two bodies of `main()`, the wrong one and the right one, below what stands at the top of the module.
"""

from __future__ import annotations

import sys
from textwrap import indent

HEAD = """
import threading, time, queue
def both(*work):
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
n = 0
def add():
    global n
    n += 1
lock = threading.Lock()
def add_safely():
    with lock: add()
"""

THING = "class Thing:\n    n = 0\n    def __init__(self): self.row = [0]\nt = Thing()\n"

DATA = {
    # ---- targets of an assignment
    "global": ("n = 0", "global n\nn += 1", "n"),
    "global assigned": ("n = 0", "global n\nn = n + 1", "n"),
    "global walrus": ("n = 0", "global n\n(n := n + 1)", "n"),
    "attribute": (THING, "t.n += 1", "t.n"),
    "attribute of an attribute": (THING + "t.t = Thing()", "t.t.n += 1", "t.t.n"),
    "attribute by name": (THING, "setattr(t, 'n', getattr(t, 'n') + 1)", "t.n"),
    "class attribute": (THING, "Thing.n += 1", "Thing.n"),
    "class attribute by classmethod": (
        "class Thing:\n    n = 0\n    @classmethod\n    def add(cls): cls.n += 1", "Thing.add()", "Thing.n",
    ),
    "item of a list": ("row = [0]", "row[0] += 1", "row[0]"),
    "item of a dict": ("d = {'a': 0}", "d['a'] += 1", "d['a']"),
    "item of an attribute": (THING, "t.row[-1] += 1", "t.row"),
    "slice": ("row = [0]", "row[:] = [row[0] + 1]", "row"),
    "slice in place": ("row = [0]", "row[0:1] = [x + 1 for x in row]", "row"),
    "tuple target": ("class Thing: pass\nt = Thing(); t.a = t.b = 0", "t.a, t.b = t.b + 1, t.a + 1", "t.a, t.b"),
    "starred target": ("row = [1, 2]", "row[0], *row[1:] = row[0] + 1, row[1] + 1", "row"),
    "text": ("s = ''", "global s\ns += 'x'", "s"),
    "multiplied": (THING + "t.n = 1", "t.n *= 3", "t.n"),
    "shifted": ("d = {0: 1}", "d[0] <<= 1", "d[0]"),
    "deleted": ("d = {}", "if 'a' in d: del d['a']\nelse: d['a'] = 1", "sorted(d)"),
    "loop variable": (THING, "for t.n in range(t.n + 1, t.n + 2): pass", "t.n"),
    # ---- cells and functions
    "nonlocal": (
        "def make():\n    n = 0\n    def add():\n        nonlocal n\n        n += 1\n    return add, lambda: n\n"
        "add_one, look = make()", "add_one()", "look()",
    ),
    "cell of a list": ("def make():\n    row = [0]\n    return row, lambda: row.append(len(row))\nrow, grow = make()",
                       "grow()", "row"),
    "attribute of a function": ("def f(): pass\nf.n = 0", "f.n += 1", "f.n"),
    "default argument": ("def f(seen=[]):\n    seen.append(len(seen))\n    return seen", "f()", "f()"),
    "generator": (
        "def count():\n    while True:\n        t.n += 1\n        yield t.n\n" + THING,
        "got.append(next(count()))", "sorted(got)",
    ),
    "generator expression": ("row = [0]", "row[0] = sum(x + 1 for x in row)", "row"),
    "lambda": (THING, "(lambda: setattr(t, 'n', t.n + 1))()", "t.n"),
    "decorator": (
        "from functools import wraps\ncalls = 0\ndef counted(f):\n    @wraps(f)\n    def g():\n        global calls\n"
        "        calls += 1\n        return f()\n    return g\n@counted\ndef f(): return 1", "f()", "calls",
    ),
    "recursion": (THING, "def down(k):\n    if k: down(k - 1)\n    else: t.n += 1\ndown(3)", "t.n"),
    # ---- classes
    "property": (
        "class Thing:\n    def __init__(self): self._n = 0\n    @property\n    def n(self): return self._n\n"
        "    @n.setter\n    def n(self, n): self._n = n\nt = Thing()", "t.n += 1", "t.n",
    ),
    "slots": ("class Thing:\n    __slots__ = ('n',)\nt = Thing(); t.n = 0", "t.n += 1", "t.n"),
    "private name": (
        "class Thing:\n    def __init__(self): self.__n = 0\n    def add(self): self.__n += 1\n"
        "    def look(self): return self.__n\nt = Thing()", "t.add()", "t.look()",
    ),
    "dataclass": (
        "from dataclasses import dataclass, field\n@dataclass\nclass Thing:\n    n: int = 0\n"
        "    row: list = field(default_factory=list)\nt = Thing()", "t.n += 1; t.row.append(t.n)", "t.n, t.row",
    ),
    "dataclass with slots": (
        "from dataclasses import dataclass\n@dataclass(slots=True)\nclass Thing:\n    n: int = 0\nt = Thing()",
        "t.n += 1", "t.n",
    ),
    "inherited": (THING + "class Other(Thing):\n    def add(self): self.n += 1\nt = Other()", "t.add()", "t.n"),
    "super": (
        THING + "class Base:\n    def add(self): t.n += 1\nclass Other(Base):\n    def add(self): super().add()\n"
        "o = Other()", "o.add()", "t.n",
    ),
    "descriptor": (
        "class Held:\n    def __get__(self, one, kind): return one.held\n"
        "    def __set__(self, one, n): one.held = n\nclass Thing:\n    n = Held()\nt = Thing(); t.n = 0",
        "t.n += 1", "t.n",
    ),
    "operators of one's own": (
        "class Thing:\n    def __init__(self): self.n = 0\n    def __iadd__(self, more):\n        self.n += more\n"
        "        return self\nt = Thing()", "global t\nt += 1", "t.n",
    ),
    "items of one's own": (
        "class Row:\n    def __init__(self): self.n = 0\n    def __getitem__(self, _): return self.n\n"
        "    def __setitem__(self, _, n): self.n = n\nrow = Row()", "row[0] += 1", "row[0]",
    ),
    "call of an object": (
        "class Add:\n    n = 0\n    def __call__(self): self.n += 1\nadd_one = Add()", "add_one()", "add_one.n",
    ),
    "context manager": (
        THING + "from contextlib import contextmanager\n@contextmanager\ndef added():\n    before = t.n\n"
        "    yield\n    t.n = before + 1", "with added(): pass", "t.n",
    ),
    "enum as key": ("from enum import Enum\nE = Enum('E', 'A')\nd = {E.A: 0}", "d[E.A] += 1", "d[E.A]"),
    "match": (THING, "match t.n:\n    case k: t.n = k + 1", "t.n"),
    # ---- containers
    "list append": ("row = []", "row.append(len(row))", "row"),
    "list in place": ("row = []", "global row\nrow += [len(row)]", "row"),
    "list extend": ("row = []", "row.extend([len(row)])", "row"),
    "list insert": ("row = []", "row.insert(0, len(row))", "row"),
    "list pop": ("row = [1]", "got.append(row.pop() if row else 0)", "sorted(got)"),
    "list sort": ("row = [2, 1]", "row.append(row[0] + 1); row.sort()", "row"),
    "set": ("seen = set()", "if 'a' not in seen: seen.add('a'); got.append(1)", "got"),
    "set in place": ("seen = set()", "global seen\nseen |= {len(seen)}", "sorted(seen)"),
    "dict get": ("d = {}", "d['a'] = d.get('a', 0) + 1", "d"),
    "dict setdefault": ("d = {}", "d.setdefault('a', []).append(len(d['a']))", "d"),
    "dict update": ("d = {'a': 0}", "d.update(a=d['a'] + 1)", "d"),
    "dict in place": ("d = {}", "global d\nd |= {len(d): 1}", "d"),
    "dict pop": ("d = {'a': 1}", "got.append(d.pop('a', 0)); d['a'] = sum(got)", "d, got"),
    "defaultdict": ("from collections import defaultdict\nd = defaultdict(int)", "d['a'] += 1", "d['a']"),
    "Counter": ("from collections import Counter\nd = Counter()", "d['a'] += 1", "d['a']"),
    "OrderedDict": ("from collections import OrderedDict\nd = OrderedDict(a=0)", "d['a'] += 1", "d['a']"),
    "deque": ("from collections import deque\nd = deque([1])", "got.append(d.popleft() if d else 0)", "sorted(got)"),
    "bytearray": ("b = bytearray(1)", "b[0] += 1", "b[0]"),
    "array": ("from array import array\nb = array('i', [0])", "b[0] += 1", "b[0], b.typecode, b.itemsize > 0"),
    "array of items": ("from array import array\nb = array('i')", "b.append(len(b))", "b.tolist()"),
    "deque of few": (
        "from collections import deque\nd = deque([], 2)", "d.append(len(d) if d.maxlen == 2 else None)", "list(d)",
    ),
    "heap": (
        "import heapq\nheap = [1]", "got.append(heapq.heappop(heap) if heap else 0)", "sorted(got)",
    ),
    "in": ("row = []", "got.append(1 in row)\nif not got[-1]: row.append(1)", "len(row)"),
    "len": ("row = []", "if len(row) < 1: row.append(1)", "row"),
    "truth": ("row = []", "if not row: row.append(1)", "row"),
    "iteration": ("row = [1]", "for x in list(row): row.append(x)", "row"),
    "sum": ("row = [1]", "row.append(sum(row))", "row"),
    "comprehension": ("row = [1]", "row.append(len([x for x in row]))", "row"),
    "set comprehension": ("row = [1]", "row.append(len({x for x in row}) + len(row))", "row"),
    "dict comprehension": ("d = {'a': 0}", "global d\nd = {k: v + 1 for k, v in d.items()}", "d"),
    "unpacking": ("row = [1]", "first, *rest = row\nrow.append(len(rest))", "row"),
    "call with a star": ("row = [1]", "row.append(max(0, *row) + 1)", "row"),
    "f-string": ("row = ['a']", "row.append(f'{row}')", "row"),
    "comparison": ("row = []", "if row == []: row.append(1)", "row"),
    "sorted by a key": ("row = [1]", "row.append(sorted(row, key=lambda x: -x)[0] + 1)", "row"),
    "map and zip": ("row = [1]", "row.append(sum(a * b for a, b in zip(row, map(abs, row))))", "row"),
}  # fmt: skip


WAITING = {
    # ---- threads and imports
    "Thread": ("", "both(add, add); return n", "both(add_safely, add_safely); return n"),
    "Thread subclass": (
        "class Adder(threading.Thread):\n    def run(self): add()\n"
        "class Safe(Adder):\n    def run(self): add_safely()\n"
        "def go(kind):\n    ts = [kind(), kind()]\n    for t in ts: t.start()\n    for t in ts: t.join()\n    return n",
        "return go(Adder)", "return go(Safe)",
    ),
    "import as": (
        "import threading as th", "t = th.Thread(target=add); t.start(); add(); t.join(); return n",
        "t = th.Thread(target=add); t.start(); t.join(); add(); return n",
    ),
    "from import": (
        "from threading import Thread", "t = Thread(target=add); t.start(); add(); t.join(); return n",
        "t = Thread(target=add); t.start(); t.join(); add(); return n",
    ),
    "from import star": (
        "from threading import *", "t = Thread(target=add); t.start(); add(); t.join(); return n",
        "t = Thread(target=add); t.start(); t.join(); add(); return n",
    ),
    "late import": (
        "def begin():\n    from threading import Thread as T\n    t = T(target=add); t.start(); return t",
        "t = begin(); add(); t.join(); return n", "t = begin(); t.join(); add(); return n",
    ),
    "importlib": (
        "import importlib\nT = importlib.import_module('threading').Thread",
        "t = T(target=add); t.start(); add(); t.join(); return n",
        "t = T(target=add); t.start(); t.join(); add(); return n",
    ),
    "__import__": (
        "T = __import__('threading').Thread", "t = T(target=add); t.start(); add(); t.join(); return n",
        "t = T(target=add); t.start(); t.join(); add(); return n",
    ),
    "_thread": (
        "import _thread\nend = _thread.allocate_lock()\ndef work(): add(); end.release()\nend.acquire()",
        "_thread.start_new_thread(work, ()); add(); end.acquire(); return n",
        "_thread.start_new_thread(work, ()); end.acquire(); add(); return n",
    ),
    "daemon": (
        "", "t = threading.Thread(target=add, daemon=True); t.start(); return n",
        "t = threading.Thread(target=add, daemon=True); t.start(); t.join(); return n",
    ),
    "exception in a thread": (
        "def work():\n    if n: raise ValueError(n)", "both(add, work); return n", "both(work); add(); return n",
    ),
    "excepthook": (
        "caught = []\ndef work():\n    if n: raise ValueError(n)\n"
        "threading.excepthook = lambda seen: caught.append(seen.exc_type.__name__)",
        "both(add, work); return caught", "add(); both(work); return caught",
    ),
    "threading.local": (
        "class Shared: pass\nlocal = threading.local()\nshared = Shared()\n"
        "def work(mine): mine.n = 0; mine.n += 1; got.append(mine.n); mine.n = 9\ngot = []",
        "both(lambda: work(shared), lambda: work(shared)); return got",
        "both(lambda: work(local), lambda: work(local)); return got",
    ),
    "contextvars": (
        "from contextvars import ContextVar\nmine = ContextVar('mine', default=0)\ngot = []\n"
        "def own(): mine.set(mine.get() + 1); got.append(mine.get())\ndef shared(): add(); got.append(n)",
        "both(shared, shared); return sorted(got)", "both(own, own); return sorted(got)",
    ),
    "print": (
        "import io, contextlib\nout = io.StringIO()\ndef two(): print('a'); print('b')\n"
        "def one(): print('a\\nb')",
        "with contextlib.redirect_stdout(out): both(two, two)\nreturn out.getvalue()",
        "with contextlib.redirect_stdout(out): both(lambda: lock.acquire() and (two(), lock.release()), lambda:"
        " lock.acquire() and (two(), lock.release()))\nreturn out.getvalue()",
    ),
    "random": (
        "import random\ngot = []\ndef draw(): got.append(random.random())",
        "both(draw, add, lambda: got.append(n)); return [x for x in got if x in (0, 1)]",
        "both(draw); both(draw); return got",
    ),
    # ---- locks
    "Lock": ("", "both(add, add_safely); return n", "both(add_safely, add_safely); return n"),
    "Lock.acquire": (
        "def work():\n    lock.acquire()\n    try: add()\n    finally: lock.release()\n"
        "def tried():\n    if lock.acquire(blocking=False):\n        add(); lock.release()",
        "both(tried, tried); return n", "both(work, work); return n",
    ),
    "RLock": (
        "r = threading.RLock()\ndef work(one):\n    with one:\n        with one: add()",
        "both(lambda: work(lock)); return n", "both(lambda: work(r), lambda: work(r)); return n",
    ),
    "Condition": (
        "c = threading.Condition()\nready = []\ndef tell():\n    with c: ready.append(1); c.notify()\n"
        "def blind():\n    with c: c.wait()\ndef looks():\n    with c:\n        while not ready: c.wait()",
        "both(blind, tell); return 1", "both(looks, tell); return 1",
    ),
    "Condition.wait_for": (
        "c = threading.Condition()\nready = []\ndef tell():\n    with c: ready.append(1); c.notify_all()\n"
        "def one():\n    with c:\n        c.wait_for(lambda: ready); ready.pop()\ndef all_of_them():\n"
        "    with c: c.wait_for(lambda: ready)",
        "both(one, one, tell); return 1", "both(all_of_them, all_of_them, tell); return 1",
    ),
    "Semaphore": (
        "one, two = threading.Semaphore(1), threading.Semaphore(2)\ndef work(s):\n    with s: add()",
        "both(lambda: work(two), lambda: work(two)); return n", "both(lambda: work(one), lambda: work(one)); return n",
    ),
    "BoundedSemaphore": (
        "s = threading.BoundedSemaphore(1)\ndef work():\n    with s: add()\ndef too_often(): s.release()",
        "both(work, too_often); return n", "both(work, work); return n",
    ),
    "Event": (
        "e = threading.Event()\ngot = []\ndef set_first(): e.set(); add()\ndef set_last(): add(); e.set()\n"
        "def look(): e.wait(); got.append(n)",
        "both(set_first, look); return got", "both(set_last, look); return got",
    ),
    "Barrier": (
        "def work(b, got): add_safely(); b.wait(); got.append(n)\ngot = []",
        "b = threading.Barrier(1); both(lambda: work(b, got), lambda: work(b, got)); return got",
        "b = threading.Barrier(2); both(lambda: work(b, got), lambda: work(b, got)); return got",
    ),
    "Timer": (
        "", "t = threading.Timer(5, add); t.start(); add(); t.join(); return n",
        "t = threading.Timer(5, add); t.start(); t.join(); return n",
    ),
    "lock order": (
        "other = threading.Lock()\ndef one():\n    with lock:\n        with other: pass\n"
        "def two():\n    with other:\n        with lock: pass",
        "both(one, two); return 1", "both(one, one); return 1",
    ),
    # ---- queues
    **{
        f"queue.{kind}": (
            f"q = queue.{kind}()\ngot = []\ndef put(): q.put(1)\ndef get(): got.append(q.get())\n"
            "def get_nowait():\n    try: got.append(q.get_nowait())\n    except queue.Empty: got.append(0)",
            "both(put, get_nowait); return got", "both(put, get); return got",
        )
        for kind in ("Queue", "LifoQueue", "PriorityQueue", "SimpleQueue")
    },
    "queue timeouts": (
        "q = queue.Queue(1)\ngot = []\ndef get(t):\n    try: got.append(q.get(timeout=t))\n"
        "    except queue.Empty: got.append('empty')\ndef put():\n    try: q.put(1, timeout=1); q.put(2, timeout=1)\n"
        "    except queue.Full: got.append('full')",
        "both(put, lambda: get(1)); return got", "both(lambda: q.put(1)); both(lambda: get(1)); return got",
    ),
    "queue join": (
        "q = queue.Queue()\ndef work():\n    q.get(); add(); q.task_done()\ndef hasty():\n    q.get()\n"
        "    q.task_done(); add()",
        "q.put(1); t = threading.Thread(target=hasty); t.start(); q.join(); k = n; t.join(); return k",
        "q.put(1); t = threading.Thread(target=work); t.start(); q.join(); k = n; t.join(); return k",
    ),
    "full queue": (
        "q = queue.Queue(1)\ndef put(): q.put(1); q.put(2)", "both(put); return 1",
        "both(put, lambda: (q.get(), q.get())); return 1",
    ),
    **{
        name: (
            "q = queue.Queue()\ngot = []\ndef get():\n    try: got.append(q.get())\n"
            "    except queue.ShutDown: got.append('shut down')\ndef shut(): q.put(1); q.shutdown(immediate=True)",
            "both(shut, get); return got", "q.put(1); q.shutdown(); both(get); return got",
        )
        for name in ("queue shutdown",)
        if sys.version_info >= (3, 13)
    },
    # ---- executors
    "submit": (
        "from concurrent.futures import ThreadPoolExecutor as P",
        "with P(2) as p: p.submit(add); p.submit(add)\nreturn n",
        "with P(2) as p: p.submit(add_safely); p.submit(add_safely)\nreturn n",
    ),
    "map": (
        "from concurrent.futures import ThreadPoolExecutor as P",
        "with P(2) as p: list(p.map(lambda _: add(), range(2)))\nreturn n",
        "with P(2) as p: return list(p.map(lambda x: x + 1, range(2)))",
    ),
    "callbacks": (
        "from concurrent.futures import ThreadPoolExecutor as P",
        "with P(2) as p:\n    for _ in range(2): p.submit(int).add_done_callback(lambda f: add())\nreturn n",
        "with P(2) as p:\n    for _ in range(2): p.submit(int).add_done_callback(lambda f: add_safely())\nreturn n",
    ),
    "as_completed": (
        "from concurrent.futures import ThreadPoolExecutor as P, as_completed",
        "with P(2) as p: return [f.result() for f in as_completed([p.submit(int, k) for k in (1, 2)])]",
        "with P(1) as p: return [f.result() for f in as_completed([p.submit(int, 1)])]",
    ),
    "wait": (
        "import concurrent.futures as cf",
        "with cf.ThreadPoolExecutor(2) as p:\n    fs = [p.submit(add_safely), p.submit(add_safely)]\n"
        "    cf.wait(fs, return_when=cf.FIRST_COMPLETED)\n    return n",
        "with cf.ThreadPoolExecutor(1) as p: cf.wait([p.submit(add_safely)]); return n",
    ),
    "cancel": (
        "from concurrent.futures import ThreadPoolExecutor as P",
        "with P(1) as p: p.submit(add); return p.submit(add).cancel()",
        "with P(1) as p: f = p.submit(add); f.result(); return f.cancel()",
    ),
    "shutdown": (
        "from concurrent.futures import ThreadPoolExecutor as P",
        "p = P(1); p.submit(add); p.shutdown(wait=False); return n", "p = P(1); p.submit(add); p.shutdown(); return n",
    ),
    # ---- time
    "sleep": (
        "def work(): time.sleep(1); add_safely()",
        "t = threading.Thread(target=work); t.start(); time.sleep(2); k = n; t.join(); return k",
        "t = threading.Thread(target=work); t.start(); t.join(); return n",
    ),
    **{
        f"time.{clock}": (
            f"got = []\nbegun = time.{clock}()\ndef look(): got.append(round(time.{clock}() - begun))",
            "both(lambda: time.sleep(2), look); return got", "both(lambda: time.sleep(2)); look(); return got",
        )
        for clock in ("monotonic", "time", "perf_counter")
    },
}  # fmt: skip


def update(name: str, lock: str) -> str:
    """The program of `DATA[name]`; `lock` is what stands before the update: a `with` statement or `if True:`."""
    setup, statement, look = DATA[name]
    body = f"def work():\n    {lock}\n{indent(statement, ' ' * 8)}\n"
    return f"{HEAD}got = []\n{setup}\n{body}def main():\n    both(work, work)\n    return {look}\n"


def waiting(name: str, which: int) -> str:
    """The wrong (1) or the right (2) program of `WAITING[name]`."""
    return f"{HEAD}{WAITING[name][0]}\ndef main():\n{indent(WAITING[name][which], ' ' * 4)}\n"
