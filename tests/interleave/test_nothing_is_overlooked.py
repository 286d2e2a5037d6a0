"""Whatever way a program looks at shared data or changes it: a search that says "all interleavings" has seen all.

Each look stands in one thread while another makes two changes: it must be seen to give what Python gives before,
between and after them. Each change stands in one thread while another looks twice: before and after, in each order.
"""

from __future__ import annotations

import re
from textwrap import indent

import pytest

from grader.interleave.explorer import Plan, explore
from grader.interleave.program import load

HEAD = """
import array, bisect, collections, contextlib, copy, dataclasses, functools, heapq, itertools, json, math, operator
import random, statistics, threading
def plain(value):
    return repr(sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value)
"""
STATES = {
    "items": ("""
items = [5]
class Box:
    @property
    def shown(self): return items
box = Box(); box.items = items
holder, pair = {"k": items}, (items, 1)
def get(): return items
def generated(): return (x for x in items)
def yielded(): yield from items
def starred():
    *some, last = items
    return last
def unpacked():
    try: one, two = items
    except ValueError as error: return str(error)[:10]
def matched():
    match items:
        case [_]: return 1
        case [_, _]: return 2
append = items.append
""", ("items.append(7)", "items.append(6)")),
    "d": ("""
d = {"a": 1}
view, values = d.keys(), d.values()
lists = collections.defaultdict(list)
counts, ordered = collections.Counter("a"), collections.OrderedDict(a=1, b=2)
def matched():
    match d:
        case {"c": found}: return found
        case {"b": found}: return found
""", ("d['b'] = 2", "d['c'] = 3")),
    "s": ("s = {1}", ("s.add(2)", "s.add(3)")),
    "q": ("q = collections.deque([1, 2])", ("q.append(2)", "q.append(3)")),
    "b": ("b = bytearray(b'ab')", ("b.append(98)", "b.extend(b'c')")),
    "numbers": ("numbers = array.array('b', b'ab')", ("numbers.append(98)", "numbers.fromlist([99])")),
    "p": ("""
class P:
    n = 0
    def __init__(self): self.v = 0
class S:
    __slots__ = ("v",)
@dataclasses.dataclass
class D:
    v: int = 0
p, slot, data = P(), S(), D(); slot.v = 0
""", ("p.v = slot.v = data.v = 1", "p.v = slot.v = data.v = 2")),
}  # fmt: skip
LOOKS = {
    "items": """
len(items); sorted(items); sum(items); tuple(items); items[-1]; items[:]; [*items]
(lambda *all: len(all))(*items); f"{items}"
str(items); "%s" % items; "{}".format(items); items == [5]; [5, 7] == items; 7 in items; items + [0]
items * 2; items < [5, 8]
any(x == 6 for x in items); [x for x in items]; {x: 1 for x in items}; list(enumerate(items))
list(zip(items, items))
list(map(str, items)); list(filter(None, items)); list(reversed(items)); [x for x in reversed(items)]
[x for _, x in enumerate(items)]
json.dumps(items); json.dumps({"a": items}); copy.copy(items); copy.deepcopy(pair); collections.Counter(items)
operator.getitem(items, -1); operator.contains(items, 6); list.__len__(items); items.__len__(); list.copy(items)
functools.reduce(operator.add, items); list(itertools.chain(items)); math.fsum(items); statistics.mean(items)
sorted(get()); len(get()); [x for x in get()]; get()[-1]; 7 in get(); get() == [5]; sum(box.items)
max(box.shown); len(holder["k"])
bytes(items); len((y := items)); str(pair); pair == ([5], 1); [items] == [[5]]; list(generated())
list(yielded()); dict.fromkeys(items)
next(reversed(items)); list(itertools.islice(items, 9)); len([*items, *items]); heapq.nlargest(1, items)
bisect.bisect(items, 9)
starred(); unpacked(); matched(); print(items) or len(items); functools.partial(len)(items); repr(holder)
""",
    "d": """
len(d); sorted(d); 'b' in d; d.get('c'); {**d}; dict(**d); (lambda **all: len(all))(**d); list(d.items())
sum(d.values()); [k for k in d]
[k for k, v in d.items()]; d == {'a': 1}; str(d); d.copy(); copy.copy(d); d | {'z': 1}; json.dumps(d)
list(view); len(view); 'b' in view
sorted(view); [k for k in view]; 2 in values; list(values); d.keys() == {'a'}; view & {'b'}
list(reversed(d)); dict.get(d, 'c')
d.__contains__('c'); "{a}".format(**d); "{0}".format(d); sum(map(d.get, d)); [*view]; str(view); matched()
operator.contains(d, 'c')
""",
    "s": """
len(s); 2 in s; s | {9}; s - {1}; s & {2, 3}; s ^ {1}; s == {1}; s <= {1, 2}; {1} < s; s.union({7})
{7}.union(s); {1, 2} - s; max(s)
set.union(s, {5}); str(s); {*s}; frozenset(s)
""",
    "q": """
len(q); list(q); q[-1]; sum(q); [x for x in q]; list(reversed(q)); q + q; q == collections.deque([1, 2])
q.copy()
""",
    "numbers": "len(numbers); numbers.tobytes(); numbers[-1]; numbers.tolist(); numbers.count(98); bytes(numbers);"
    " 99 in numbers; sum(numbers); [x for x in numbers]; list(numbers); str(numbers); numbers == numbers[:2]",
    "b": "len(b); bytes(b); b[-1]; b.decode(); b == b'ab'; b + b'!'; b.find(b'c'); b.hex(); list(b)",
    "p": """
p.v; getattr(p, 'v'); operator.attrgetter('v')(p); f"{p.v}"; -1 < p.v < 2; [p.v for _ in 'a']
object.__getattribute__(p, 'v'); slot.v; p.__dict__['v']; vars(p)['v']
data; data == D(0); dataclasses.asdict(data); dataclasses.replace(data).v
""",
}  # fmt: skip
CHANGES = {
    "items": """
items.append(1); items += [1]; items *= 2; items[0] = 9; items[0] += 1; items[:] = [7]; del items[0]
items.insert(0, 5); items.reverse() or items.pop()
list.append(items, 4); items.__setitem__(0, 8); items.__delitem__(0); items.__iadd__([8])
operator.setitem(items, 0, 8)
operator.delitem(items, 0); operator.iadd(items, [8]); heapq.heappush(items, 0); bisect.insort(items, 2)
functools.partial(list.append, items)(7); functools.partial(items.append, 7)(); append(7)
list(map(append, [6])); get().append(3)
get()[0] = 77; holder['k'] += [1]; box.items += [1]; getattr(items, 'append')(5)
operator.methodcaller('append', 5)(items)
items[0], x = 8, 6
""",
    "d": """
d['b'] = 1; d['a'] += 1; d.update(b=1); d |= {'b': 2}; d.setdefault('b', 1); d.popitem(); del d['a']
dict.update(d, b=2)
d.__setitem__('b', 2); operator.setitem(d, 'b', 2); d['x'], d['y'] = 1, 2; d.__ior__({'b': 2})
lists['new']; lists['new'].append(1); lists['new'] += [1]; counts['x'] += 1; counts.update('xyz')
counts += collections.Counter('x')
ordered.move_to_end('a'); ordered['z'] = 1
""",
    "s": """
s.add(2); s |= {2}; s -= {1}; s ^= {2}; s &= {5}; s.pop(); s.symmetric_difference_update({2}); set.add(s, 3)
operator.ior(s, {2})
""",
    "q": """
q.append(3); q += [3]; q *= 2; q.rotate(1); q[0] = 5; del q[0]; q.extendleft([1])
collections.deque.append(q, 3)
""",
    "p": """
p.v = 1; p.v += 1; setattr(p, 'v', 1); P.n = 4; P.n += 4; p.__class__.n = 8; type(p).n += 1
setattr(P, 'n', 9); object.__setattr__(p, 'v', 5)
p.__setattr__('v', 5); p.__dict__['v'] = 1; p.__dict__['v'] += 1; vars(p)['v'] += 2
slot.v += 1; data.v += 1; p.v, x = 1, 2
""",
}  # fmt: skip
SEEN = {"items": "list(items)", "d": "dict(d)", "s": "sorted(s)", "q": "list(q)", "p": "(p.v, P.n, slot.v, data.v)"}
OTHERS = {"lists": "str(dict(lists))", "counts": "dict(counts)", "ordered": "list(ordered)"}
MAIN = """
def main():
    threads = [threading.Thread(target=change), threading.Thread(target=look)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return seen
"""


IN_PIECES = ("json.dumps", "statistics.mean", "nlargest", "counts.update", "counts +=")
"""Library code in Python: somebody may come in between, so that nothing is proven. See test_in_pieces.py."""


def each(table):
    return [
        (name, one.strip()) for name, text in table.items() for one in text.replace("\n", ";").split(";") if one.strip()
    ]


def found(state: str, change: str, look: str) -> list[object]:
    """What `look` saw, by a search that covers all interleavings."""
    rebound = re.match(r"(\w+) \S+= ", change)
    declared = f"global {rebound[1]}\n" if rebound else ""
    body = f"\ndef change():\n{indent(declared + change, '    ')}\nseen = []\ndef look():\n{indent(look, '    ')}\n"
    program = load({"p.py": HEAD + state + body + MAIN}, "p", "def run(answer):\n    return answer.main()\n", "s.py")
    outcomes = []
    coverage = explore(program, "run", {}, Plan(executions=3000), lambda one: outcomes.append(one) or True)
    in_pieces = any(word in change + look for word in IN_PIECES)
    assert coverage.exhausted or in_pieces or "[0]" in change or "uses" in "".join(coverage.notes)
    return [one.value for one in outcomes if one.ending == "done"]


@pytest.mark.parametrize(("name", "look"), each(LOOKS))
def test_a_look_is_tried_before_between_and_after_two_changes(name, look):
    state, changes = STATES[name]
    names: dict[str, object] = {}
    exec(HEAD + state, names)
    wanted = [eval(f"plain({look})", names)]
    for change in changes:
        exec(change, names)
        wanted.append(eval(f"plain({look})", names))
    seen = found(state, "\n".join(changes), f"seen.append(plain({look}))")
    assert set(wanted) <= {one[0] for one in seen}


@pytest.mark.parametrize(("name", "change"), each(CHANGES))
def test_a_change_is_tried_before_between_and_after_two_looks(name, change):
    state, _ = STATES[name]
    look = next((look for start, look in OTHERS.items() if change.startswith(start)), SEEN[name])
    names: dict[str, object] = {}
    exec(HEAD + state, names)
    before = eval(f"repr({look})", names)
    exec(change, names)
    after = eval(f"repr({look})", names)
    seen = found(state, change, f"seen.append(repr({look}))\nseen.append(repr({look}))")
    assert before != after
    assert all([*pair] in seen for pair in ((before, before), (before, after), (after, after)))


@pytest.mark.parametrize("change", ["items.__setitem__(0, 8)", "operator.setitem(items, 0, 8)", "items.insert(0, 8)"])
@pytest.mark.parametrize("look", ["items[0]", "items[-1]", "next(iter(items))", "[x for x in items]"])
def test_one_item_is_looked_at_before_and_after_a_change_by_any_way(change, look):
    state = "import operator, threading\nitems = [5]\n"
    before, after = eval(look, {"items": [5]}), eval(look, {"items": [8, 5] if "insert" in change else [8]})
    seen = found(state, change, f"seen.append({look})")
    assert [before] in seen
    assert [after] in seen


@pytest.mark.parametrize("change", ["d['a'] = 2", "d.__setitem__('a', 2)", "d.update(a=2)", "d |= {'a': 2}"])
@pytest.mark.parametrize("look", ["d['a']", "d.get('a')", "str(d)", "'a' in d and d['a']", "sum(d.values())"])
def test_one_entry_is_looked_at_before_and_after_a_change_by_any_way(change, look):
    found_ = found("import threading\nd = {'a': 1, 'b': 1}\n", change, f"seen.append({look})")
    names = [{"d": {"a": value, "b": 1}} for value in (1, 2)]
    assert {one[0] for one in found_} == {eval(look, each) for each in names}


@pytest.mark.parametrize(
    "way", ["vars(p).update(v=1)", "d = p.__dict__; d['v'] = 1", "exec('p.v = 1')", "globals()['p'] = 1"]
)
def test_nothing_is_proven_where_data_are_reached_unseen(way):
    source = f"{HEAD}{STATES['p'][0]}def change():\n    {way}\nseen = []\ndef look(): seen.append(1)\n{MAIN}"
    program = load({"p.py": source}, "p", "def run(answer):\n    return answer.main()\n", "s.py")
    assert not explore(program, "run", {}, Plan(executions=50), lambda _: True).exhausted


def test_an_iteration_is_a_look_at_each_step():
    state = (
        "import threading\nitems = [1, 2]\ndef count():\n    n = 0\n    for x in items:\n        n += 1\n    return n\n"
    )
    assert {one[0] for one in found(state, "items.clear()", "seen.append(count())")} == {0, 1, 2}


def test_an_item_is_looked_for_before_it_is_there_and_after():
    state = (
        "import threading\nitems = [5]\ndef second():\n    try: return items[1]\n    except IndexError: return None\n"
    )
    assert {one[0] for one in found(state, "items.append(7)", "seen.append(second())")} == {None, 7}
