"""Objects die when Python lets them die, where the program can tell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

import pytest
from test_library_in_hand import explored

from grader.interleave.instrument.lives import Lives

GENERATOR = """
class Store:
    def __init__(self):
        self.lock, self.items, self.left = threading.Lock(), [1, 2, 3], 0
    def each(self):
        with self.lock:
            for one in self.items:
                yield one
    def first(self):
        for one in self.each():
            break
        return one
    def ends(self):
        try:
            yield 1
            yield 2
        finally:
            self.left += 1
    def begun(self):
        for one in self.ends():
            break
    def numbered(self):
        for place, one in enumerate(self.each()):
            break
        return one
store = Store()
"""
LEASE = """
class Pool:
    def __init__(self):
        self.free = queue.Queue()
        self.free.put('it')
    def lease(self):
        return Lease(self, self.free.get_nowait())
class Lease:
    def __init__(self, pool, what):
        self.pool, self.what, self.uses = pool, what, 0
    def use(self):
        self.uses += 1
    def __del__(self):
        self.pool.free.put(self.what)
pool, got = Pool(), []
"""
CONN = """
import weakref
class Conn:
    opened = 0
    def __init__(self):
        self.n = 0
        Conn.opened += 1
    def use(self):
        self.n += 1
    def __del__(self):
        Conn.opened -= 1
class Plain:
    def __init__(self):
        self.n = 0
"""
PROVEN = {
    # ---- generators left in their midst
    "a loop left, alone": (GENERATOR, "return store.first(), store.first()", [[1, 1]]),
    "a loop left by two": (
        GENERATOR, "got = []\nboth(lambda: got.append(store.first()), lambda: got.append(store.first()))\n"
        "return got + [store.first()]", [[1, 1, 1]],
    ),
    "a loop left that counts": (
        GENERATOR, "got = []\nboth(lambda: got.append(store.numbered()), lambda: got.append(store.numbered()))\n"
        "return got + [store.numbered()]", [[1, 1, 1]],
    ),
    "any": (
        GENERATOR, "got = []\ndef one(): got.append(any(x == 1 for x in store.each()))\nboth(one, one)\none()\n"
        "return got", [[True] * 3],
    ),
    "next of a temporary": (
        GENERATOR, "got = []\ndef one(): got.append(next(store.each()))\nboth(one, one)\none()\nreturn got", [[1] * 3],
    ),
    "finally": (GENERATOR, "store.begun()\nreturn store.left", [1]),
    "finally of two": (GENERATOR, "both(store.begun, store.begun)\nreturn store.left", [1, 2]),
    "kept, not closed": (
        GENERATOR, "rows = store.each()\nnext(rows)\nheld = store.lock.locked()\ndel rows\n"
        "return held, store.lock.locked()", [[True, False]],
    ),
    # ---- __del__
    "closed with the thread": (
        CONN, "def one(): Conn().use()\nboth(one)\nreturn Conn.opened", [0],
    ),
    "counted by two": (
        CONN, "def one():\n    conn = Conn()\n    conn.use()\nboth(one, one)\nreturn Conn.opened", [-1, 0, 1],
    ),
    "in a list": (
        CONN, "def one():\n    mine = []\n    mine.append(Conn())\n    mine[0].use()\nboth(one)\n"
        "return Conn.opened", [0],
    ),
    "in a list of one that is forgotten": (
        CONN, "seen = []\ndef one():\n    mine = [Conn()]\n    mine[0].n += 1\n    del mine\n"
        "    seen.append(Conn.opened)\n"
        "both(one, lambda: None)\nreturn seen", [[0]],
    ),
    "within another": (
        CONN, "def one():\n    plain = Plain()\n    plain.conn = Conn()\n    plain.n += 1\nboth(one)\n"
        "return Conn.opened", [0],
    ),
    "changed, then forgotten": (
        CONN, "seen = []\ndef one():\n    conn = Conn()\n    conn.n += 1\n    conn = None\n"
        "    seen.append(Conn.opened)\nboth(one, lambda: None)\nreturn seen", [[0]],
    ),
    "shared by closures": (
        CONN, "def work():\n    conn = Conn()\n    def use():\n        conn.use()\n    both(use, use)\n"
        "    return conn.n\nwork()\nreturn Conn.opened", [0],
    ),
    "in a loop that goes on": (
        CONN, "seen, stop = [], threading.Event()\ndef one():\n    left = 2\n    while left:\n        conn = Conn()\n"
        "        conn.use()\n        conn = None\n        left -= 1\n        seen.append(Conn.opened)\n"
        "both(one, lambda: None)\nreturn seen", [[0, 0]],
    ),
    "what a map makes": (
        CONN, "seen = []\ndef one():\n    for conn in map(lambda _: Conn(), range(2)):\n        conn.use()\n"
        "        conn = None\n        seen.append(Conn.opened)\nboth(one, lambda: None)\nreturn seen", [[0, 0]],
    ),
    "asked for its id": (
        CONN, "def one():\n    conn = Conn()\n    return id(conn)\nfirst = one()\nreturn Conn.opened, first == one()",
        [[0, False]],
    ),
    "leases give themselves back": (
        LEASE, "def one():\n    lease = pool.lease()\n    lease.use()\nboth(one)\nboth(one)\n"
        "return pool.free.qsize()", [1],
    ),
    # ---- weak references
    "a weak reference": (
        CONN, "seen = []\ndef one():\n    plain = Plain()\n    plain.n += 1\n    seen.append(weakref.ref(plain))\n"
        "both(one)\nreturn seen[0]() is None", [True],
    ),
    "a weak reference to what was in a list": (
        CONN, "seen = []\ndef one():\n    mine = [Plain()]\n    mine.append(1)\n    to_it = weakref.ref(mine[0])\n"
        "    del mine\n    seen.append(to_it() is None)\nboth(one, lambda: None)\nreturn seen", [[True]],
    ),
    "finalize": (
        CONN, "seen = []\ndef one():\n    plain = Plain()\n    weakref.finalize(plain, seen.append, 1)\n"
        "    plain.n += 1\n"
        "both(one)\nreturn seen", [[1]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROVEN)
def test_what_dies_is_seen_to(name: str) -> None:
    top, body, values = PROVEN[name]
    found, coverage = explored(top, body)
    distinct = [one for place, one in enumerate(found) if one not in found[:place]]
    # That a weak reference is empty is a look at who has the object, of which nobody tells.
    asked = "weakref.ref(" in body
    notes = ("nothing is proven of a program that asks whether an object is still there",) if asked else ()
    assert (distinct, coverage.exhausted, coverage.notes) == (values, not asked, notes)


def test_a_loop_that_looks_keeps_nothing() -> None:
    body = """
    def one():
        conn, rounds = Conn(), 0
        while rounds < 2 or not flag:
            rounds += 1
        conn = None
        seen.append(Conn.opened)
    both(one, lambda: flag.append(1))
    return seen
    """
    found, _ = explored(CONN + "flag, seen = [], []\n", body)
    assert {repr(one) for one in found} == {"[0]"}


def test_a_file_is_written_when_nobody_has_it(tmp_path: Path) -> None:
    body = f"""
    def one():
        file = open({str(tmp_path / "file")!r}, "w")
        file.write("it")
    both(one)
    return open({str(tmp_path / "file")!r}).read()
    """
    found, _ = explored("", body)
    assert set(found) == {"it"}


RACE = CONN + "def one():\n    conn = Conn()\n    conn.use()\n"


def test_the_same_each_time() -> None:
    body = "both(one, one)\nreturn Conn.opened"
    assert repr(explored(RACE, body)) == repr(explored(RACE, body))


def test_an_address_is_nobody_elses_while_its_key_lives() -> None:
    top = CONN + "seen = []\ndef one():\n    for n in range(3):\n        plain = Plain()\n        plain.n += 1\n"
    found, coverage = explored(top, "both(one, one)\nreturn len(seen)")
    assert (found, coverage.exhausted) == ([0], True)


class Plain: ...


class Number(Plain, int): ...


@pytest.mark.parametrize("make", [lambda: ParamSpec("P").args, Number, Plain, set, lambda: (x for x in ()), list])
def test_whatever_dies_is_forgotten(make: Callable[[], object]) -> None:
    """Also what takes weak references and does not tell them, or takes none though it is derived from what does."""
    lives, table = Lives(), {"key": 1}
    lives.watch(make(), table, "key")
    lives.sweep()
    assert not table
