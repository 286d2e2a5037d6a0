"""A pytest plugin for anyone's suite: a marker that explores the test itself, and a fixture that explores a function.

pytest_plugins = ["grader.interleave.pytest_plugin"]        # in conftest.py

@pytest.mark.interleave(executions=500, modules=["bank"])   # the test is run under many schedules
def test_no_deposit_is_lost(): ...

def test_printers(interleave):
    assert interleave(scenario, allowed=lambda text: text == "abab").proven
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.interleave.alone import Explored, explore

_MARK = "interleave(executions=2000, steps=20000, seed=0, clock='free', modules=()): run the test under many schedules"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARK)


@pytest.fixture
def interleave() -> Callable[..., Explored]:
    """`grader.interleave.explore`."""
    return explore


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object:
    """Explore a marked test instead of calling it. True: pytest need not call it any more."""
    mark = pyfuncitem.get_closest_marker("interleave")
    if mark is None:
        return None
    asked = ", ".join(pyfuncitem._fixtureinfo.argnames)
    if asked or pyfuncitem.cls is not None:
        why = f"takes {asked}" if asked else "is a method"
        pytest.fail(
            f"{pyfuncitem.name} is marked interleave and {why}: make it a plain function, or use the fixture", False
        )
    options: dict[str, Any] = dict(mark.kwargs)
    explore(pyfuncitem.obj, **options)
    return True
