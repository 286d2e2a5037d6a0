"""What one operation touches at several places: each order is found in which others come before or after it as a whole,
or nothing is called proven. The orders are those of the statements one by one, tried without the engine."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from textwrap import indent

import pytest
from test_library_in_hand import explored

from grader.interleave.instrument.things import applies

TOP = """
import bisect, copy, functools, heapq, itertools, json, operator
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
@dataclass(order=True)
class Data:
    p: list
    q: list
Named = namedtuple("Named", "p q")
class Shown:
    def __init__(self, v): self.v = v
    def __repr__(self): return f"x{self.v}"
class Equal:
    def __init__(self, v): self.v = v
    def __eq__(self, other): return self.v == other.v
    def __hash__(self): return 1
    def __lt__(self, other): return self.v < other.v
    def __repr__(self): return f"y{self.v}"
"""
RAISED = "raised"


def one_by_one(names: str, start: str, looks: Sequence[str], changes: Sequence[str], result: str) -> set[str]:
    """The results of all orders in which each statement is one step."""
    found = set()
    length = len(looks) + len(changes)
    for places in itertools.combinations(range(length), len(looks)):
        mine, others = iter(looks), iter(changes)
        order = [next(mine) if place in places else next(others) for place in range(length)]
        space: dict[str, object] = {}
        try:
            exec("\n".join([TOP, f"{names} = {start}", *order, f"result = repr({result})"]), space)
            found.add(str(space["result"]))
        except (IndexError, TypeError, ValueError):
            found.add(RAISED)
    return found


def by_threads(
    names: str, start: str, looks: Sequence[str], changes: Sequence[str], result: str, locked: bool = False
) -> tuple[set[str], bool]:
    """The results of two threads, and whether that was all of them."""
    head = "with lock:\n" if locked else "if True:\n"
    first, second = (indent(head + indent("\n".join(lines), "    "), "    ") for lines in (looks, changes))
    body = f"""
lock = threading.Lock()
{names} = {start}
def one({names}):
{first}
def two({names}):
{second}
both(lambda: one({names}), lambda: two({names}))
return repr({result})
"""
    seen, coverage = explored(TOP, body)
    return {one if isinstance(one, str) else RAISED for one in seen}, coverage.exhausted


LISTS = ("a, b, out", "[1], [2], []")
CHANGED = ["a.append(8)", "b.append(9)"]
OF_TWO = [
    "a.extend(b)", "a += b", "out.append(a + b)", "out.append(b + a)", "out.append(a == b)", "out.append(a < b)",
    "out.append(a == b == [1])", "functools.partial(a.extend, b)()", "out.append(operator.add(a, b))",
    "out.append(operator.concat(a, b))", "out.append(operator.eq(a, b))", "operator.iadd(a, b)", "a[1:] = b",
    "a[:] = b", "a[len(b):] = b", "del a[len(b):]", "a[0:0] = b + a", "a.insert(len(b), 7)", "a.extend(reversed(b))",
    "out.append(a[len(b):])", "out.append(list(zip(a, b)))", "out.append(list(map(operator.add, a, b)))",
    "out.append(list(itertools.chain(a, b)))", "out.append([*a, *b])", "out.append({*a, *b})",
    "out.append(max(a, b)[:])", "out.append(str((a, b)))", "out.append(f'{a} {b}')", "out.append('%s %s' % (a, b))",
    "out.append('{} {}'.format(a, b))", "out.append((a, b) == ([1], [2]))", "out.append([a, b] == [[1], [2]])",
    "out.append(a in [b])", "out.append(a in (b, [1]))", "out.append(sum([a, b], []))", "out.append(dict(zip(a, b)))",
    "out.append({1: a, 2: b} == {1: [1], 2: [2]})", "out.append(deque(a) + deque(b))",
    "out.append(all(map(operator.eq, a, b)))", "f = a.extend\nf(b)", "n = len(b)\nout.append(a * n)",
]  # fmt: skip
NESTED = ("ds, out", "[[0], [0]], []")
CHANGED_INSIDE = ["ds[0].append(1)", "ds[1].append(2)"]
OF_NESTED = [
    "str(ds)", "f'{ds}'", "'%s' % ds", "'%s' % (ds,)", "str(ds * 1)", "str(list(ds))", "str({1: ds})",
    "str([[[[ds]]]])",
    "ds == [[0], [0]]", "[0, 2] in ds", "[0] in list(ds)", "ds.count([0])", "ds.index([0, 2]) if [0, 2] in ds else -1",
    "sum(ds, [])", "max(ds)[:]", "sorted(ds)[0][:]", "list(map(len, ds))", "sum(map(sum, ds))", "[*zip(*ds)]",
    "list(itertools.chain(*ds))", "list(itertools.chain.from_iterable(ds))", "'{}'.format(ds)", "ds.__repr__()",
    "ds.__eq__([[0], [0]])", "ds.__contains__([0, 2])", "operator.contains(ds, [0, 2])", "operator.countOf(ds, [0])",
    "functools.reduce(operator.add, ds)", "str(deque(ds))", "{1: ds} == {1: [[0], [0]]}", "max(ds, key=len)[:]",
    "bisect.bisect(ds, [0, 1])", "heapq.nsmallest(1, ds)[0][:]", "str(ds + ds)", "json.dumps(ds)", "copy.deepcopy(ds)",
]  # fmt: skip
VALUES = ("ds, out", "{'a': [0], 'b': [0]}, []")
CHANGED_VALUES = ["ds['a'].append(1)", "ds['b'].append(2)"]
OF_VALUES = [
    "str(ds)", "str(ds.values())", "str(ds.items())", "str(list(ds.values()))", "sum(ds.values(), [])",
    "sum(map(len, ds.values()))", "max(ds.values())[:]", "[0] in ds.values()", "('b', [0]) in ds.items()",
    "ds == {'a': [0], 'b': [0]}", "list(map(len, ds.values()))", "str({**ds})", "str(ds | {})",
    "'{a} {b}'.format(**ds)", "'%(a)s %(b)s' % ds",
]  # fmt: skip
OWN = [
    "xs = list(ds)\nout.append(str(xs))", "xs = [d for d in ds]\nout.append(xs == [[0], [0]])",
    "xs = [d for d in ds]\nout.append(sum(xs, []))", "xs = [d for d in ds]\nout.append([0] in xs)",
    "xs = [d for d in ds]\nout.append(xs.count([0]))", "xs = [d for d in ds]\nout.append(xs.index([0]))",
    "xs = [d for d in ds]\nxs.remove([0])\nout.append(str(xs))", "xs = [d for d in ds]\nxs.sort()\nout.append(str(xs))",
    "xs = {i: d for i, d in enumerate(ds)}\nout.append(str(xs))", "xs = list(ds)\nout.append('%s' % xs)",
]  # fmt: skip
CHANGING = [
    "ds.sort()", "ds.remove([0])", "ds.reverse()", "heapq.heapify(ds)", "heapq.heappush(ds, [0, 1, 1])",
    "out.append(heapq.heappop(ds)[:])", "bisect.insort(ds, [0, 1])", "ds.index([0])", "ds.sort(reverse=True)",
]  # fmt: skip
OF_SETS = [
    "a.update(b)", "a |= b", "a &= b", "a -= b", "a ^= b", "out.append(a | b)", "out.append(a <= b)",
    "out.append(a.issubset(b))", "out.append(a.union(b))", "a.difference_update(b)", "out.append(a.isdisjoint(b))",
]  # fmt: skip
OF_DICTS = [
    "a.update(b)", "a |= b", "out.append(a | b)", "out.append({**a, **b})", "out.append(dict(a, **b))",
    "out.append(a == b)", "out.append(a.keys() & b.keys())", "out.append(Counter(a) + Counter(b))",
]  # fmt: skip
OF_OBJECTS = [
    "str(x)",
    "x == type(x)([0], [0])",
    "str([[x]])",
    "[x] == [type(x)([0], [0])]",
    "type(x)([0], [0, 2]) in [x]",
]


def shown(looks: Sequence[str]) -> list[str]:
    return [f"out.append({one})" for one in looks]


CASES = [
    *((LISTS, look, CHANGED, "a, b, str(out)") for look in OF_TWO),
    *((NESTED, look, CHANGED_INSIDE, "out") for look in [*shown(OF_NESTED), *OWN]),
    *((NESTED, look, CHANGED_INSIDE, "ds, out") for look in CHANGING),
    *((VALUES, look, CHANGED_VALUES, "out") for look in shown(OF_VALUES)),
    *((("a, b, out", "{1, 3}, {3}, []"), look, ["b.add(1)", "a.add(2)"], "sorted(a), sorted(b), str(out)")
      for look in OF_SETS),
    *((("a, b, out", "{'x': 1}, {'x': 2}, []"), look, ["b['z'] = 1", "a['y'] = 2"], "a, b, str(out)")
      for look in OF_DICTS),
    *((("x, out", f"{kind}([0], [0]), []"), look, ["x.p.append(1)", "x.q.append(2)"], "out")
      for kind in ("Data", "Named") for look in shown(OF_OBJECTS)),
    *((("ds, out", "[[0] for _ in range(80)], []"), look, ["ds[70].append(1)", "ds[3].append(2)"], "out")
      for look in shown(["len(str(ds))", "sum(ds, []).count(1)", "max(ds)[:]", "[0, 1] in ds"])),
]  # fmt: skip


@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
@pytest.mark.parametrize(("start", "look", "changes", "result"), CASES, ids=[case[1] for case in CASES])
def test_no_order_is_overlooked(start, look, changes, result, turned: bool) -> None:
    wanted = [*start, look.split("\n"), changes[::-1] if turned else changes, result]
    seen, exhausted = by_threads(*wanted)
    assert not exhausted or seen >= one_by_one(*wanted)


@pytest.mark.parametrize(("start", "look", "changes", "result"), CASES, ids=[case[1] for case in CASES])
def test_what_a_lock_keeps_apart_is_proven(start, look, changes, result) -> None:
    wanted = [*start, look.split("\n"), changes, result]
    seen, exhausted = by_threads(*wanted, locked=True)
    hidden = any(word in look for word in ("deepcopy", "Counter(a)"))
    assert exhausted or hidden
    assert seen == one_by_one(*start, [";".join(wanted[2])], [";".join(changes)], result)


CODED = {
    "printed": ("[Shown(1), Shown(2)]", "str(ds)", "ds.pop(0)", {"[x1, x2]", "[x1]", "[x2]"}),
    "printed inside others": (
        "[Shown(1), Shown(2)]", "str({1: [ds]})", "ds.pop(0)", {"{1: [[x1, x2]]}", "{1: [[x1]]}", "{1: [[x2]]}"},
    ),
    "formatted": ("[Shown(1), Shown(2)]", "f'{ds}'", "ds.pop(0)", {"[x1, x2]", "[x1]", "[x2]"}),
    "counted": ("[Equal(1), Equal(1)]", "ds.count(Equal(1))", "ds.clear()", {"0", "1", "2"}),
    "found": ("[Equal(1), Equal(2)]", "Equal(2) in ds", "ds.pop(0)", {"True", "False"}),
    "compared": ("[Equal(1), Equal(2)]", "ds == [Equal(1), Equal(2)]", "ds.pop()", {"True", "False"}),
    "compared inside others": ("[Equal(1)]", "(ds, [0]) == ([Equal(1)], [0])", "ds.pop()", {"True", "False"}),
    "what nobody changes": ("[Shown(1)]", "str(ds)", "str(ds)", {"[x1]"}),
    "of one's own": ("[Shown(1), Shown(2)]", "str([d for d in [ds]])", "ds.pop(0)", {"[[x1, x2]]", "[[x1]]", "[[x2]]"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CODED)
def test_where_code_of_the_program_runs_in_the_midst_others_may_come(name: str) -> None:
    start, look, change, wanted = CODED[name]
    body = f"ds, out = {start}, []\nboth(lambda: out.append(str({look})), lambda: {change})\nreturn out[0]"
    seen, coverage = explored(TOP, body)
    assert not coverage.exhausted or {*seen} >= wanted


def test_of_very_many_containers_nothing_is_proven() -> None:
    body = "ds, out = [[0] for _ in range(2000)], []\nboth(lambda: str(ds), lambda: ds[1].append(1))\nreturn 1"
    _, coverage = explored("", body)
    assert not coverage.exhausted
    assert any("looks at more than 1000 containers in one go" in note for note in coverage.notes)


def test_what_is_deeply_nested_is_looked_at_without_recursion() -> None:
    nest = "ds = last = []\nfor _ in range(90):\n    last.append([])\n    last = last[0]\n"
    body = f"{nest}out = []\nboth(lambda: out.append(str(ds)), lambda: last.append(1))\nreturn len(out[0])"
    seen, coverage = explored("", body)
    assert (seen, coverage.exhausted) == ([182, 183], True)


def test_an_iterator_with_empty_places_is_looked_at() -> None:
    steps = itertools.zip_longest([1], [2, 3])
    assert [*steps] == [(1, 2), (None, 3)]  # it keeps a tuple in which the place of each source that is over is empty
    assert not applies(steps)
    assert applies(itertools.islice(map(len, [[]]), 1))


def test_what_only_says_that_it_is_a_dictionary_is_looked_at_as_what_it_is() -> None:
    body = """
    import pickle, weakref
    class Kept(dict): pass
    kept = Kept(a=1)
    out = []
    both(lambda: out.append(pickle.dumps([weakref.proxy(kept)], 0)[:0]), lambda: out.append(b""))
    return len(out)
    """
    seen, _ = explored("", body)
    assert "descriptor 'keys'" not in str(seen)
