"""Statements about things that two threads share, of as many kinds as there are, and programs made of them.

`native.py` compares what they do natively with what the engine explores.
"""

from __future__ import annotations

import re
from random import Random

THINGS = """
import array, bisect, collections, contextlib, copy, dataclasses, enum, functools, heapq, io, itertools, json, logging
import math, operator, random, string, types, weakref
class Thing:
 __slots__ = ("a", "_b")
 def __init__(self): self.a = 1; self._b = 2
 @property
 def b(self): return self._b
 @b.setter
 def b(self, v): self._b = v
 def __eq__(self, o): return self.a == getattr(o, "a", o)
 def __hash__(self): return 1
 def __lt__(self, o): return self.a < o.a
 def __len__(self): return self.a
 def __iter__(self): return iter((self.a, self._b))
 def __contains__(self, x): return x == self._b
 def __getitem__(self, i): return self.a + i
 def __setitem__(self, i, v): self.a = v
 def __call__(self): self.a += 1; return self.a
 def __enter__(self): self._b += 1
 def __exit__(self, *e): self.a = self._b
 def __add__(self, o): return self.a + o
 def __iadd__(self, o): self.a += o; return self
 def __bool__(self): return self.a > 1
 def __repr__(self): return f"T{self.a}{self._b}"
 def __getattr__(self, name): return self.a if name == "zz" else object.__getattribute__(self, name)
@dataclasses.dataclass
class Data:
 x: int = 0
 y: list = dataclasses.field(default_factory=list)
class K:
 total = 0
 rows = []
 def __init__(self): K.total += 1
 @classmethod
 def inc(cls): cls.total += 1; return cls.total
 @functools.cached_property
 def cp(self): seen.append("cp"); return len(seen)
@functools.lru_cache
def memo(x): seen.append("memo"); return [box.n]
def gen():
 while True: yield box.n
def counter():
 n = 0
 def add():
  nonlocal n
  n += 1
  return n
 return add
box, items, seen, d, lock, bump = Box(), [1], [], {"a": 1}, threading.Lock(), counter()
box.n, view, jobs, table = 0, d.keys(), queue.Queue(), [3, 4]
gate, ready, heap, cnt = threading.Semaphore(1), threading.Event(), [1, 5], collections.Counter(a=1)
dd, od, dq = collections.defaultdict(list), collections.OrderedDict(a=1, b=2), collections.deque([1, 2], maxlen=2)
arr, buf, raw, rng, it = array.array("i", [1, 2]), io.StringIO(), io.BytesIO(), random.Random(3), itertools.count()
cyc, data, k, th, st, ns, ba = iter([1, 2, 3]), Data(), K(), Thing(), {1}, types.SimpleNamespace(v=1), bytearray(b"ab")
K.total, K.rows, g = 0, [], gen()
"""
"""Made anew in each run, by the scenario."""
WORDS = (
    "heap", "cnt", "dd", "od", "dq", "arr", "buf", "raw", "rng", "it", "cyc", "data", "k", "K", "th", "st", "ns", "ba",
    "bump", "memo", "box", "items", "d", "jobs", "lock", "gate", "ready", "g",
)  # fmt: skip
"""Names of what threads share."""
SHOWN = (
    "box.n", "items", "seen", "{str(k): v for k, v in d.items()}", "sorted(heap)", "sorted(cnt.items())",
    "sorted(dd.items())", "list(od)", "list(dq)", "arr.tolist()", "buf.getvalue()", "raw.getvalue().decode()",
    "repr(data)", "K.total", "K.rows", "repr(th) if isinstance(th, Thing) else th", "sorted(st)", "repr(ns)",
    "bytes(ba).decode()",
)  # fmt: skip
STATEMENTS = r"""
box.n += 1
box.n = len(items)
items.append(box.n)
items += [len(items)]
seen.append(list(items))
seen.append(box.n)
if items: items.pop()
if box.n == 0: items.append(7)
seen.append(sum(d.values()))
d['a'] += 1
d['a'] = box.n
d |= {'b': box.n}
d.setdefault('c', box.n)
items[0] = box.n
first, *rest = items; seen.append(rest)
box.n, d['a'] = d['a'], box.n
items[:] = [box.n, d['a']]
with lock: box.n += 1
with lock: items.append(box.n)
seen.append(lock.acquire(False) and (lock.release() or 1))
for x in items: seen.append(x)
seen.append([x for x in view])
seen.append((box.n, box.n))
seen.append(max(box.n, len(items)))
seen.append(lock.locked())
seen.append(f'{box.n} {d}')
items.extend([box.n, box.n])
del items[0]
seen.append('b' in d)
d.pop('a', None)
box.n -= 2
seen.append(getattr(box, 'm', 0)); box.m = 1
items = [*items, box.n]
box.n = box.n + len(items)
seen.append(d.get('b', box.n))
while box.n < 2: box.n += 1
seen.append(sorted(items, key=lambda x: x * box.n))
try: d.popitem()\n  except KeyError: seen.append('none')
items.insert(0, items.pop())
seen.append(jobs.empty())
jobs.put(box.n)
ready.set()
seen.append(ready.is_set())
seen.append(jobs.qsize())
seen.append(memo(1) is memo(1))
x = memo(2); x.append(1); seen.append(x)
seen.append(k.cp)
seen.append(rng.randint(0, 99))
rng.shuffle(items)
seen.append(next(it))
seen.append(next(cyc, None))
heapq.heappush(heap, 3)
seen.append(heapq.heappop(heap))
seen.append(heap[0])
cnt.update('ab')
cnt['a'] += 1
seen.append(cnt.most_common(1))
seen.append(sum(cnt.values()))
dd['x'].append(1)
seen.append(len(dd))
dd['x'] = []
seen.append(dict(dd))
od.move_to_end('a')
seen.append(list(od))
seen.append(od.popitem())
dq.append(7)
dq.rotate()
seen.append(list(dq))
seen.append(dq[0])
arr.append(4)
arr[0] += 1
seen.append(arr.tolist())
seen.append(sum(arr))
buf.write('x')
buf.write('yz')
seen.append(buf.getvalue())
seen.append(buf.tell())
print('p', file=buf)
raw.write(b'r')
seen.append(len(raw.getvalue()))
data.x += 1
data.y.append(data.x)
seen.append(repr(data))
seen.append(data == Data(1, [1]))
seen.append(dataclasses.asdict(data))
seen.append(dataclasses.replace(data).x)
K()
K.total += 1
seen.append(K.total)
seen.append(k.inc())
k.total = 5
seen.append(k.total)
K.rows.append(1)
K.rows = [2]
seen.append(list(k.rows))
th.a += 1
th.b += 1
th.b = 9
seen.append(th.b)
seen.append(th == 2)
seen.append(hash(th))
seen.append(len(th))
seen.append(list(th))
seen.append(9 in th)
seen.append(th[1])
th[0] = 4
seen.append(th())
with th: seen.append(th.a)
seen.append(th + 1)
th += 2
seen.append(bool(th))
seen.append('yes' if th else 'no')
seen.append(str(th))
seen.append(f'{th}')
seen.append(th.zz)
seen.append(min(th, Thing()).a)
st.add(2)
st.discard(1)
seen.append(sorted(st))
seen.append(2 in st)
st |= {3}
st ^= {1, 4}
seen.append(len(st))
ns.v += 1
seen.append(vars(ns)['v'])
ns.w = ns.v
seen.append(repr(ns))
ba.append(99)
ba[0] += 1
seen.append(bytes(ba).decode())
ba += b'z'
seen.append(bump())
seen.append(next(g))
box.n = box.n * 2 + 1
box.n, box.m = 1, box.n
box.n |= 4
seen.append(operator.attrgetter('n')(box))
seen.append(operator.itemgetter(0)(items))
operator.setitem(d, 'z', box.n)
d.update(q=box.n)
d['a'] -= 1
d.clear()
seen.append(d.get('a'))
seen.append([*d])
seen.append({**d})
seen.append(json.dumps(d, sort_keys=True))
seen.append(copy.deepcopy(items))
seen.append(copy.copy(d))
items.sort(reverse=True)
items.reverse()
items.clear()
items *= 2
del items[:]
items[:0] = [8]
items.insert(1, box.n)
seen.append(items.index(1) if 1 in items else -1)
seen.append(items.count(1))
seen.append(items == [1])
seen.append(items < [2])
seen.append(items[-1:])
seen.append(items[0] if items else None)
seen.append(any(x > 1 for x in items))
seen.append(list(map(lambda x: x + box.n, items)))
seen.append(list(filter(None, items)))
seen.append(functools.reduce(operator.add, items, 0))
seen.append(list(itertools.chain(items, d)))
seen.append(list(zip(items, seen)))
seen.append(dict.fromkeys(items))
seen.append({x: box.n for x in items})
seen.append([y for x in [items] for y in x if y != box.n])
seen.append(tuple(items))
seen.append((lambda *a: list(a))(*items))
seen.append((lambda **a: a)(**d))
seen.append(' '.join(map(str, items)))
seen.append('%s' % items)
seen.append('{}'.format(items))
seen.append(bisect.bisect(items, 3))
bisect.insort(items, 2)
seen.append(isinstance(box.n, int) and box.n > 0)
seen.append(box.n or len(items))
seen.append(0 <= box.n < len(items))
assert box.n == 0, items
raise ValueError(str(items))
try: items.remove(1)\n  except ValueError: seen.append('gone')
try: seen.append(box.n / (box.n - 1))\n  except ZeroDivisionError: seen.append('zero')
match items:\n   case [x]: seen.append(x)\n   case _: seen.append('many')
match d:\n   case {'a': x}: seen.append(x)\n   case _: seen.append('none')
if (n := len(items)) > 1: seen.append(n)
while items: items.pop()
for i, x in enumerate(items): seen.append([i, x])
for x in reversed(items): seen.append(x)
for x in sorted(d): seen.append(x)
for x, y in d.items(): seen.append([x, y])
for box.n in range(2): seen.append(box.n)
with contextlib.suppress(KeyError): d.pop('a'); seen.append('popped')
with contextlib.ExitStack() as stack: stack.callback(items.append, box.n)
a = b = box.n; box.n = a + b + 1
seen.append([box.n for _ in range(2)])
seen.append(max(d.values(), default=0))
seen.append(all([box.n == 0, len(items) == 1]))
seen.append(callable(box) or hasattr(box, 'm'))
delattr(box, 'm') if hasattr(box, 'm') else setattr(box, 'm', 1)
box.__dict__['n'] += 1
vars(box)['n'] = 3
seen.append(sorted(vars(box)))
seen.append(type(box).__name__ + str(box.n))
box.row = [box.n]; box.row[0] += 1; box.n = box.row[0]
threading.current_thread().name = 'me'; seen.append(threading.current_thread().name)
jobs.put(1); seen.append(jobs.get())
seen.append(jobs.full())
try: seen.append(jobs.get_nowait())\n  except queue.Empty: seen.append('empty')
with lock:\n   box.n += 1; seen.append(box.n)
seen.append(lock.acquire(timeout=0.001) and (lock.release() or 1))
with gate: box.n += 1
ready.set(); ready.clear()
seen.append(ready.wait(0.001))
gate.release(); seen.append(gate.acquire(False))
seen.append(weakref.ref(box)().n)
seen.append(getattr(box, 'n' if box.n else 'm', None))
seen.append(string.Template('$n').substitute(n=box.n))
seen.append(str(bytearray(ba), 'ascii'))
seen.append(ba[0])
seen.append(round(box.n) + abs(box.n) + pow(box.n, 2) + divmod(box.n, 2)[0])
seen.append(sorted(items + list(d.values())))
seen.append(items + [box.n])
seen.append([1] * box.n)
seen.append([10, 20][box.n % 2])
d.setdefault('l', []).append(box.n)
seen.append(d.setdefault('a', 0))
d['a'], box.n = box.n, d.get('a', 0)
items[0], items[-1] = items[-1], items[0]
[box.n, *items] = [5, box.n]
box.n += len(items) + sum(d.values())
global zed; zed = box.n; seen.append(zed)
d |= {'a': 1} if 'a' not in d else {}
items += d
items.extend(x for x in d.values())
seen.append(len(items) and items.pop())
seen.append(items and items[-1])
seen.append(not items)
seen.append(copy.copy(box).n)
seen.append(copy.deepcopy(box).n)
seen.append(copy.deepcopy([ns, data])[1].y)
seen.append(copy.copy(ns).v)
box.row = getattr(box, "row", [0]); seen.append(copy.deepcopy(box).row); box.row.append(1)
""".strip().split("\n")
"""A line each; `\\n` in one stands for a new line."""


Works = tuple[tuple[str, ...], ...]
"""The statements of each thread."""


def generate(random: Random) -> Works:
    """Two threads, one or two statements each, which have one of the things in common."""
    lengths = random.choice([(1, 1), (1, 1), (1, 2), (2, 1)])
    first = random.choice(STATEMENTS)
    like = [one for one in STATEMENTS if _about(one) & _about(first)] or STATEMENTS
    chosen = [first, *(random.choice(like) for _ in range(sum(lengths) - 1))]
    random.shuffle(chosen)
    return tuple(chosen[: lengths[0]]), tuple(chosen[lengths[0] :])


def scenario(works: Works) -> str:
    """The source of a program in which threads do that."""
    lines = ["class Box: pass", "zed = 0", "def s(answer):"]
    lines += [f" {line}" for line in THINGS.strip().split("\n")]
    for place, work in enumerate(works):
        lines += [f" def work{place}():", "  nonlocal items, d, th, st, ba, arr"]
        lines += [f"  {one}".replace(r"\n", "\n") for one in work]
    names = ", ".join(f"work{place}" for place in range(len(works)))
    lines += [f" threads = [threading.Thread(target=work) for work in ({names},)]"]
    lines += [" for thread in threads: thread.start()", " for thread in threads: thread.join()"]
    return "\n".join([*lines, f" return [{', '.join(SHOWN)}]"]) + "\n"


def _about(statement: str) -> set[str]:
    """Which of the things it names."""
    return set(re.findall(r"[A-Za-z_]+", statement)) & set(WORDS)
