"""Where an end of the search proves nothing, the coverage says why, and nothing where it does."""

from __future__ import annotations

import pytest
from test_library_in_hand import explored

WHY = {
    "a poll": (
        "done = []\nt = threading.Thread(target=done.append, args=(1,)); t.start()\n"
        "while not done: time.sleep(0.1)\nt.join()",
        "waits in a loop, or again and again with a timeout: who does so lets others go first",
    ),
    "a wait that is notified as it times out": (
        "c = threading.Condition()\ndef wait():\n    with c: c.wait(0.1)\ndef late():\n    with c: c.wait()\n"
        "def wake():\n    with c: c.notify()\n    with c: c.notify_all()\n"
        "a, b = (threading.Thread(target=one, daemon=True) for one in (wait, late)); a.start(); b.start(); wake()",
        "notifies a wait in the instant in which it times out",
    ),
    "a clock": (
        "got = []\ndef nap(): time.sleep(1)\na, b = (threading.Thread(target=nap) for _ in range(2))\n"
        "a.start(); b.start(); got.append(time.monotonic()); a.join(); b.join()",
        "looks at the clock while others sleep",
    ),
    "several lists in one go": (
        "rows, got = [[0], [0]], []\ndef change():\n    rows[0][0] = 1; rows[1][0] = 1\n"
        "both(change, lambda: got.append(str(rows)))",
        "touches several things in one operation, at answer.py:12 (rows), while others change them",
    ),
    "a file": ("both(lambda: open('/dev/null').close(), lambda: None)", "uses open"),
}


@pytest.mark.parametrize("name", WHY)
def test_why_nothing_is_proven_is_said(name: str) -> None:
    body, why = WHY[name]
    _, coverage = explored("", body)
    assert (coverage.exhausted, coverage.notes) == (False, (f"nothing is proven of a program that {why}",))


def test_nothing_is_said_of_what_is_proven() -> None:
    got = "rows, got, lock = [[0], [0]], [], threading.Lock()\n"
    change = "def change():\n    with lock: rows[0][0] = 1; rows[1][0] = 1\n"
    look = "def look():\n    with lock: got.append(str(rows))\n"
    _, coverage = explored("", f"{got}{change}{look}both(change, look)")
    assert (coverage.exhausted, coverage.notes) == (True, ())
