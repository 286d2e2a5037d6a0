"""What code of the library does with what it is handed is told of, or nothing is proven.

Each of these was called proven with an order overlooked; an independent scheduler that switches between any two
instructions of the interpreter found them.
"""

from __future__ import annotations

import pytest
from test_library_in_hand import explored

POOL = "from concurrent.futures import ThreadPoolExecutor\n"
OPS = "import operator, heapq\nclass T:\n    def __init__(self, p): self.p = p\n"
PROVEN = {
    # ---- functions of the library that others call
    "submit(sum, l)": (
        POOL, "l = [1]\nwith ThreadPoolExecutor(1) as pool:\n    f = pool.submit(sum, l)\n    l.append(2)\n"
        "return f.result()", [1, 3],
    ),
    "pool.map(len, rows)": (
        POOL, "rows = [[1]]\nwith ThreadPoolExecutor(1) as pool:\n    found = pool.map(len, rows)\n"
        "    rows[0].append(2)\nreturn list(found)", [[1], [2]],
    ),
    "Thread(target=setattr)": (
        OPS, "a = T(0)\nt = threading.Thread(target=setattr, args=(a, 'p', 1)); t.start()\nseen = a.p\nt.join()\n"
        "return seen", [0, 1],
    ),
    "Thread(target=heappush)": (
        OPS, "h = []\nt = threading.Thread(target=heapq.heappush, args=(h, 1)); t.start()\nseen = len(h)\nt.join()\n"
        "return seen", [0, 1],
    ),
    "Thread(target=partial)": (
        "", "l = []\nt = threading.Thread(target=functools.partial(list.append, l, 1)); t.start()\nseen = len(l)\n"
        "t.join()\nreturn seen", [0, 1],
    ),
    "Timer(0, heappush)": (
        OPS, "h = []\nt = threading.Timer(0, heapq.heappush, [h, 1]); t.start()\nseen = len(h)\nt.join()\nreturn seen",
        [0, 1],
    ),
    "total()": (
        "", "l, out = [1], []\ntotal = functools.partial(sum, l)\n"
        "both(lambda: l.append(2), lambda: out.append(total()))\nreturn out", [[1], [3]],
    ),
    "partial of a partial": (
        "", "l, out = [1], []\nf = functools.partial(functools.partial(sum), l)\n"
        "both(lambda: l.append(2), lambda: out.append(f()))\nreturn out, f.func is sum", [([1], True), ([3], True)],
    ),
    "partial(getattr)": (
        OPS, "a, out = T(0), []\ndef change(): a.p = 1\nask = functools.partial(getattr, a, 'p')\n"
        "both(change, lambda: out.append(ask()))\nreturn out", [[0], [1]],
    ),
    "count().__next__": (
        "import itertools\nclass Task:\n    fresh = itertools.count(1).__next__\n"
        "    def __init__(self): self.n = Task.fresh()\n",
        "out = {}\ndef make(k): out[k] = Task().n\nboth(lambda: make('a'), lambda: make('b'))\nreturn out['a']", [1, 2],
    ),
    "default_factory=count().__next__": (
        "import itertools\nfrom dataclasses import dataclass, field\n@dataclass\nclass Job:\n"
        "    n: int = field(default_factory=itertools.count().__next__)\n",
        "out = {}\ndef make(k): out[k] = Job().n\nboth(lambda: make('a'), lambda: make('b'))\nreturn out['a']", [0, 1],
    ),
    "sorted(key=attrgetter)": (
        OPS, "a, b = T(1), T(2)\nout = []\ndef change(): a.p = 3\n"
        "both(change, lambda: out.append(sorted([a, b], key=operator.attrgetter('p'))[0] is a))\nreturn out",
        [[False], [True]],
    ),
    "nlargest(key=attrgetter)": (
        OPS, "a, b = T(1), T(2)\nout = []\ndef change(): a.p = 3\n"
        "both(change, lambda: out.append(max([a, b], key=operator.attrgetter('p')) is a))\nreturn out",
        [[False], [True]],
    ),
    "property(attrgetter)": (
        "import operator\nclass A:\n    x = property(operator.attrgetter('_x'))\n",
        "a, out = A(), []\na._x = 0\ndef change(): a._x = 1\nboth(change, lambda: out.append(a.x))\nreturn out",
        [[0], [1]],
    ),
    "attrgetter('b.v')": (
        OPS, "a, out = T(T(0)), []\nask = operator.attrgetter('p.p')\ndef change(): a.p.p = 1\n"
        "both(change, lambda: out.append(ask(a)))\nreturn out", [[0], [1]],
    ),
    "filterfalse(attrgetter)": (
        OPS + "import itertools\n", "l, out = [T(0)], []\ndef change(): l[0].p = 1\nboth(change, lambda: "
        "out.append(len(list(itertools.filterfalse(operator.attrgetter('p'), l)))))\nreturn out", [[0], [1]],
    ),
    "heappush(h, [p])": (
        "from heapq import heappush\n", "h, item = [[1, 'a']], [2, 'b']\ndef change(): item[0] = 0\n"
        "both(change, lambda: heappush(h, item))\nreturn h[0][1]", ["a", "b"],
    ),
    # ---- an iterator that is made looks at how much there is
    **{
        how: (
            "", f"d, out = {{1: 1}}, []\ndef look():\n    try: out.append({how})\n"
            "    except RuntimeError: out.append('RE')\ndef add(): d[2] = 2\nboth(add, look)\nreturn out", values,
        )
        for how, values in {
            "next(iter(d))": [["RE"], [1]],
            "next(iter(d.values()))": [["RE"], [1]],
            "len(dict(zip('ab', d)))": [["RE"], [1], [2]],
            "len(list(map(str, d)))": [["RE"], [1], [2]],
            "sum(map(int, d))": [["RE"], [1], [3]],
            "len(list(filter(None, d)))": [["RE"], [1], [2]],
            "len(list(enumerate(d)))": [["RE"], [1], [2]],
            "len(list(reversed(d)))": [["RE"], [1], [2]],
        }.items()
    },
    "next(it)": (
        "", "d, out = {1: 1}, []\ndef look():\n    it = iter(d)\n    try: out.append(next(it))\n"
        "    except RuntimeError: out.append('RE')\ndef add(): d[2] = 2\nboth(add, look)\nreturn out", [["RE"], [1]],
    ),
    "next(it) of a list": (
        "", "l, out = [0], []\nit = iter(l)\ndef put(): l[0] = 1\nboth(put, lambda: out.append(next(it)))\nreturn out",
        [[0], [1]],
    ),
    "for x in s": (
        "", "s, out = {1}, []\ndef look():\n    try:\n        for x in s: out.append(x)\n"
        "    except RuntimeError: out.append('RE')\nboth(lambda: s.add(2), look)\nreturn out",
        [["RE"], [1, "RE"], [1, 2], [1]],
    ),
    # ---- what comes later among the arguments is evaluated before anything is looked at
    **{
        how: (
            OPS, f"x, l, out = T(0), [1], []\ndef change(): x.p = 1; l.append(5)\n"
            f"both(change, lambda: out.append({how}))\nreturn out", values,
        )
        for how, values in {
            "sorted(l, reverse=x.p)": [[[1]], [[1, 5]], [[5, 1]]],
            "sum(l, start=x.p)": [[1], [2], [6], [7]],
            "sum(l, x.p + 1)": [[2], [3], [7], [8]],
            "max(l, default=x.p)": [[1], [5]],
            "str(dict(enumerate(l), z=x.p))": [
                ["{0: 1, 'z': 0}"], ["{0: 1, 'z': 1}"], ["{0: 1, 1: 5, 'z': 0}"], ["{0: 1, 1: 5, 'z': 1}"],
            ],
            "'%s %s' % (l, x.p)": [["[1, 5] 1"], ["[1] 0"], ["[1] 1"]],
        }.items()
    },
    # ---- locks that others give back
    "a lock given back too early": (
        "", "lock, out = threading.Lock(), []\ndef signal():\n    lock.release()\ndef wait():\n    lock.acquire()\n"
        "lock.acquire()\nboth(signal, wait)\nreturn lock.locked()", [True],
    ),
    "locks that are made when they are asked for": (
        "from collections import defaultdict\n", "locks, n = defaultdict(threading.Lock), [0]\ndef work():\n"
        "    with locks['k']: n[0] += 1\nboth(work, work)\nreturn n", [[2]],
    ),
    # ---- settings of logs
    "setLevel": (
        "", "log, out = logging.getLogger('x'), []\nlog.setLevel(logging.INFO)\n"
        "both(lambda: log.setLevel(logging.ERROR), lambda: out.append(log.isEnabledFor(logging.INFO)))\nreturn out",
        [[False], [True]],
    ),
    "addHandler": (
        "", "log, text = logging.getLogger('x'), io.StringIO()\nlog.propagate = False\n"
        "log.addHandler(logging.NullHandler())\n"
        "both(lambda: log.addHandler(logging.StreamHandler(text)), lambda: log.error('a'))\nreturn text.getvalue()",
        ["", "a\n"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROVEN)
def test_what_the_library_touches_is_told(name: str) -> None:
    top, body, values = PROVEN[name]
    seen, coverage = explored(top, body)
    distinct = [one for place, one in enumerate(seen) if one not in seen[:place]]
    as_lists = [[*one] if isinstance(one, tuple) else one for one in values]
    assert (sorted(distinct, key=repr), coverage.notes) == (sorted(as_lists, key=repr), ())
    assert coverage.exhausted


NOT_PROVEN = {
    "a lock that nobody holds": (
        "", "lock, out = threading.Lock(), []\ndef free():\n    try: lock.release()\n"
        "    except RuntimeError: out.append('RE')\nboth(lock.acquire, free)\nreturn out",
        [["RE"], []], "gives back a lock that nobody holds",
    ),
    "__class__": (
        "class Open: state = 'open'\nclass Shut: state = 'shut'\n",
        "door, out = Open(), []\ndef shut(): door.__class__ = Shut\nboth(shut, lambda: out.append(door.state))\n"
        "return out", None, "assigns Open.__class__, at which the library looks unseen",
    ),
    "maxsize": (
        "", "q = queue.Queue(1)\ndef widen(): q.maxsize = 0\nboth(widen, lambda: q.put(1))",
        None, "assigns Queue.maxsize, at which the library looks unseen",
    ),
    "args": (
        "", "error, out = ValueError('a'), []\ndef change(): error.args = ('b',)\n"
        "both(change, lambda: out.append(str(error)))\nreturn out",
        None, "assigns ValueError.args, at which the library looks unseen",
    ),
    "disabled": (
        "", "log = logging.getLogger('x')\ndef stop(): log.disabled = True\nboth(stop, lambda: log.error('a'))",
        None, "assigns Logger.disabled, at which the library looks unseen",
    ),
    "a hash that is fed": (
        "import hashlib\n", "h = hashlib.md5()\nboth(lambda: h.update(b'a'), lambda: h.update(b'b'))\n"
        "return h.hexdigest()[:2]", None, "shares HASH objects among threads, which the library changes unseen",
    ),
    "a stack of exits": (
        "import contextlib\n", "stack = contextlib.ExitStack()\n"
        "both(lambda: stack.callback(print), lambda: stack.callback(print))",
        None, "shares ExitStack objects among threads, which the library changes unseen",
    ),
    "a text wrapper": (
        "import textwrap\n", "wrapper, out = textwrap.TextWrapper(width=9), []\ndef narrow(): wrapper.width = 3\n"
        "both(narrow, lambda: out.append(wrapper.wrap('aa bb')))\nreturn out",
        None, "assigns TextWrapper.width, at which the library looks unseen",
    ),
    "hashes of dataclasses": (
        "from dataclasses import dataclass\n@dataclass(unsafe_hash=True)\nclass P: x: int\n",
        "a = P(1)\ndef change(): a.x = 2\nboth(change, lambda: {a})", None, "hashes dataclasses that may change",
    ),
    "a weak reference": (
        "import weakref\nclass A: pass\n", "store = {'k': A()}\nref = weakref.ref(store['k'])\nout = []\n"
        "both(lambda: store.pop('k'), lambda: out.append(ref() is None))\nreturn out",
        None, "asks whether an object is still there",
    ),
    "one iterator with code": (
        "", "it, out = map(lambda x: x * 2, [1, 2]), [[], []]\ndef take(i): out[i] = list(it)\n"
        "both(lambda: take(0), lambda: take(1))\nreturn out",
        None, "goes over one iterator, whose items code of its own makes, in several threads",
    ),
    "'{0.p}'.format": (
        OPS, "a, out = T(0), []\ndef change(): a.p = 1\n"
        "both(change, lambda: out.append('{0.p}'.format(a)))\nreturn out",
        None, "formats attributes of what it is given",
    ),
    "a shared context": (
        "import contextvars\nv = contextvars.ContextVar('v')\n",
        "context = contextvars.copy_context()\nboth(lambda: context.run(v.set, 1), lambda: context.get(v))",
        None, "uses copy_context",
    ),
    "dir": (OPS, "a = T(0)\nboth(lambda: delattr(a, 'p'), lambda: dir(a))", None, "uses dir"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_PROVEN)
def test_what_the_library_touches_unseen_lets_nothing_be_proven(name: str) -> None:
    top, body, values, why = NOT_PROVEN[name]
    seen, coverage = explored(top, body)
    assert (coverage.exhausted, coverage.notes) == (False, (f"nothing is proven of a program that {why}",))
    distinct = [one for place, one in enumerate(seen) if one not in seen[:place]]
    assert values is None or sorted(distinct, key=repr) == sorted(values, key=repr)


def test_a_lock_that_is_given_back_too_early_ends_in_a_deadlock() -> None:
    body = """
    done, out = threading.Lock(), []
    def work():
        try: done.release()
        except RuntimeError: out.append("RE")
    def wait():
        done.acquire(); done.acquire()
    both(wait, work)
    return out
    """
    seen, _ = explored("", body)
    assert [] in seen
    assert any("waits at answer.py" in str(one) for one in seen)


ALONE = {
    "a lock that nobody holds, and nobody else is there": (
        "",
        "try: threading.Lock().release()\nexcept RuntimeError: pass\nboth(lambda: None)",
    ),
    "each its own hash": ("import hashlib\n", "def work(): return hashlib.md5(b'a').hexdigest()\nboth(work, work)"),
    "looked at when the threads are through": (
        "import hashlib\n",
        "h = hashlib.md5()\nboth(lambda: h.update(b'a'), lambda: None)\nreturn h.hexdigest()",
    ),
    "set before there are threads": (
        "",
        "q = queue.Queue()\nq.maxsize = 3\nlogging.getLogger('x').disabled = True\nboth(lambda: q.put(1), q.get)",
    ),
    "one's own attribute of a library's class": (
        "class Mine(queue.Queue): pass\n",
        "q = Mine()\ndef work(): q.seen = 1\nboth(work, work)",
    ),
    "a thread's own": (
        "class Mine(threading.Thread):\n    def run(self): self.result = 1\n",
        "t = Mine()\nt.daemon = True\nt.start()\nt.join()\nreturn t.result",
    ),
    "local to threads": ("", "mine = threading.local()\ndef work(): mine.x = 1\nboth(work, work)"),
    "an iterator that one thread goes over": (
        "",
        "it, out = map(lambda x: x * 2, [1, 2]), []\nboth(lambda: out.append(list(it)), lambda: None)\nreturn out",
    ),
    "'{0}'.format": ("", "l = [1]\nboth(lambda: '{0} {a}'.format(l, a=1.5), lambda: None)"),
    "patterns and numbers": (
        "import re, decimal\nword = re.compile('a')\n",
        "both(lambda: word.match('a'), lambda: word.match('b').group() if word.match('b') else decimal.Decimal(1) + 1)",
    ),
}


@pytest.mark.parametrize("name", ALONE)
def test_what_nobody_shares_stands_in_the_way_of_no_proof(name: str) -> None:
    top, body = ALONE[name]
    _, coverage = explored(top, body)
    assert (coverage.exhausted, coverage.notes) == (True, ())


def test_a_partial_is_as_pythons() -> None:
    top = "import copy, pickle\nclass Mine(functools.partial): pass\ndef f(*a, **k): return a, sorted(k.items())\n"
    body = """
    one = functools.partial(f, 1, b=2)
    two = functools.partial(one, 3)
    again = copy.copy(two)
    back = pickle.loads(pickle.dumps(functools.partial(max, 1)))
    return [
        one(5), two(c=1), two.func is f, two.args, two.keywords, again(4), back(3), isinstance(two, functools.partial),
        repr(functools.partial(max, 1)), Mine(f, 1)(2), functools.partial.__name__, functools.partial.__module__,
    ]
    """
    seen, coverage = explored(top, body)
    one = [[1, 5], [["b", 2]]]
    assert seen == [[
        one, [[1, 3], [["b", 2], ["c", 1]]], True, [1, 3], {"b": 2}, [[1, 3, 4], [["b", 2]]], 3, True,
        "functools.partial(<built-in function max>, 1)", [[1, 2], []], "partial", "functools",
    ]]  # fmt: skip
    assert coverage.exhausted


def test_a_traceback_that_the_program_prints_has_no_frame_of_ours() -> None:
    top = "import json, logging, operator, traceback\nseen = []\n"
    body = """
    def fail(how):
        try: how()
        except Exception: seen.append([one.name for one in traceback.extract_tb(sys.exc_info()[2])])
    def each():
        fail(lambda: json.loads("{"))
        fail(functools.partial(int, "x"))
        fail(lambda: sorted([1, ""], key=operator.attrgetter("real")))
        seen.append([one.name for one in traceback.extract_stack()][-2:])
        try: json.loads("{")
        except ValueError: seen.append("grader" in traceback.format_exc())
    seen.clear()
    both(each, lambda: None)
    return seen
    """
    found, _ = explored("import sys\n" + top, body)
    assert found == [[
        ["fail", "<lambda>", "loads", "decode", "raw_decode"], ["fail"], ["fail", "<lambda>"], ["run", "each"], False,
    ]]  # fmt: skip


def test_what_a_log_says_of_an_exception_has_no_frame_of_ours() -> None:
    body = """
    text = io.StringIO()
    logging.basicConfig(stream=text)
    def work():
        try: functools.reduce(int, ["a", "b"])
        except Exception: logging.exception("failed")
    both(work, lambda: None)
    return text.getvalue().count("File "), "grader" in text.getvalue()
    """
    assert explored("", body)[0] == [[1, False]]
