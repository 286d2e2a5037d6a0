"""Output put elsewhere: `sys.stdout` is one variable of the whole process, whichever thread redirects it."""

from __future__ import annotations

import pytest
from test_library_in_hand import explored

REDIRECTED = {
    "in a thread while another prints": (
        "def work():\n    with contextlib.redirect_stdout(f): print('x', end='')\n"
        "both(work, lambda: print('y', end=''))\n"
        "return f.getvalue()", ["x", "xy", "yx"],
    ),
    "by main while a thread prints": (
        "t = threading.Thread(target=lambda: print('x', end=''))\nt.start()\n"
        "with contextlib.redirect_stdout(f): pass\nt.join()\nreturn f.getvalue()", ["", "x"],
    ),
    "by an assignment": (
        "old = sys.stdout\ndef work():\n    sys.stdout = f\n    sys.stdout = old\n"
        "both(work, lambda: print('y', end=''))\n"
        "return f.getvalue()", ["", "y"],
    ),
    "left in the order in which they came": (
        "old = sys.stdout\ndef work():\n    with contextlib.redirect_stdout(f): pass\nboth(work, work)\n"
        "return sys.stdout is old", [False, True],
    ),
    "stderr": (
        "def work():\n    with contextlib.redirect_stderr(f): pass\n"
        "both(work, lambda: print('y', end='', file=sys.stderr))\nreturn f.getvalue()", ["", "y"],
    ),
    "by main around everything": (
        "with contextlib.redirect_stdout(f): both(lambda: print('x', end=''), lambda: print('x', end=''))\n"
        "return f.getvalue()", ["xx"],
    ),
    "by main with assignments": (
        "old, sys.stdout = sys.stdout, f\nboth(lambda: print('x', end=''), lambda: print('x', end=''))\n"
        "sys.stdout = old\nreturn f.getvalue()", ["xx"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REDIRECTED)
def test_output_that_is_redirected(name: str) -> None:
    body, values = REDIRECTED[name]
    seen, coverage = explored("import contextlib, sys", f"f = io.StringIO()\n{body}")
    assert ({*seen}, coverage.exhausted, coverage.notes) == ({*values}, True, ())


def test_nothing_is_proven_where_the_library_may_print_to_what_is_redirected() -> None:
    _, coverage = explored("import contextlib", "with contextlib.redirect_stderr(io.StringIO()): logging.error('x')")
    assert not coverage.exhausted
    assert "redirects what logging may print to" in coverage.notes[0]
