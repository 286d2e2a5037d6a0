"""Variables of one file that it binds, or that somebody names by a text, when threads of another file may look."""

from __future__ import annotations

import pytest
from test_library_in_hand import explored

STARTS = "import threading, q\ngot = []\nt = threading.Thread(target=q.work)\n"
LATE = {
    "bound late": ("t.start()\nflag = 1\nt.join()\n", "hasattr(p, 'flag')", [[False], [True]]),
    "bound again": ("flag = 0\nt.start()\nflag = 1\nt.join()\n", "p.flag", [[0], [1]]),
    "bound before": ("flag = 1\nt.start()\nt.join()\n", "p.flag", [[1]]),
}


@pytest.mark.parametrize("name", LATE)
def test_a_global_of_another_file(name: str) -> None:
    body, look, values = LATE[name]
    files = {"p.py": STARTS + body, "q.py": f"import p\ndef work(): p.got.append({look})\n"}
    seen, coverage = explored("import p", "return p.got", files)
    assert (seen, coverage.exhausted, coverage.notes) == (values, True, ())


def test_nothing_is_proven_of_a_function_that_another_file_may_miss() -> None:
    files = {
        "p.py": f"{STARTS}t.start()\ndef late(): pass\nt.join()\n",
        "q.py": "import p\ndef work(): p.got.append(hasattr(p, 'late'))\n",
    }
    assert not explored("import p", "return p.got", files)[1].exhausted


ASSIGNED = "both(lambda: setattr(p, {name}, 2), lambda: got.append(p.ask()))\nreturn got"


@pytest.mark.parametrize("name", ["'flag'", "'fl' + 'ag'"])
def test_a_global_that_is_assigned_by_its_name(name: str) -> None:
    files = {"p.py": "flag = 1\ndef ask(): return flag\n"}
    seen, coverage = explored("import p", "got = []\n" + ASSIGNED.format(name=name), files)
    if name == "'flag'":
        assert (seen, coverage.exhausted) == ([[1], [2]], True)
    else:
        assert not coverage.exhausted
        assert "by a computed name" in coverage.notes[0]
