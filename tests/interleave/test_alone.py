"""The engine in anyone's suite: `explore`, the fixture and the marker."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

import grader.interleave
from grader.interleave import Violation, explore

pytest_plugins = ["pytester"]

BANK = """
class Account:
    def __init__(self):
        self.balance = 0

    def deposit(self):
        self.balance += 1
"""
SUITE = """
from threading import Lock, Thread
import pytest
import bank
from bank import Account

def two_deposits(lock=None):
    account = Account()
    def work():
        if lock is None:
            account.deposit()
        else:
            with lock:
                account.deposit()
    threads = [Thread(target=work, name=name) for name in "AB"]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return account.balance

@pytest.mark.interleave(modules=["bank"])
def test_bare():
    assert two_deposits() == 2

@pytest.mark.interleave(modules=["bank"], executions=200)
def test_locked():
    assert two_deposits(Lock()) == 2

def test_fixture(interleave):
    seen = interleave(two_deposits, modules=[bank])
    assert sorted(seen.values) == [1, 2]
    assert seen.proven

def test_judged(interleave):
    interleave(two_deposits, modules=[bank], allowed=lambda balance: balance == 2)

@pytest.mark.interleave
def test_with_arguments(tmp_path):
    pass
"""


@pytest.fixture
def suite(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    pytester.makeconftest('pytest_plugins = ["grader.interleave.pytest_plugin"]')
    pytester.makepyfile(bank=BANK, test_suite=SUITE)
    return pytester


def test_marked_tests_and_the_fixture_judge_every_schedule(suite):
    result = suite.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=3)
    result.stdout.fnmatch_lines_random(
        [
            "*raised (lost update), in schedule * of those tried",
            "*returned 1, which is not allowed (lost update)*",
            "*A *bank.py:6  read self.balance = 0*",
            "*test_with_arguments is marked interleave and takes tmp_path*",
        ]
    )


def test_a_function_inside_of_another_is_refused():
    with pytest.raises(ValueError, match="move it there"):
        explore(lambda: None)


def locks_in_two_orders():
    import threading

    left, right = threading.Lock(), threading.Lock()

    def work(first, second):
        with first, second:
            pass

    threads = [threading.Thread(target=work, args=pair) for pair in ((left, right), (right, left))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_deadlock_is_a_violation_that_holds_its_data():
    with pytest.raises(Violation, match="lock order") as caught:
        explore(locks_in_two_orders)
    assert caught.value.outcome.ending == "deadlock"
    assert 0 < len(caught.value.trace.steps) <= 12


def test_what_the_package_does_not_offer_is_no_attribute():
    with pytest.raises(AttributeError, match="explain"):
        _ = grader.interleave.explain


PICKLED = """
import pickle, sys
class Account:
    def __init__(self): self.balance = 1
mine = Account
def copied(): return pickle.loads(pickle.dumps(Account())).balance
def same(): return pickle.loads(pickle.dumps(Account)) is Account is sys.modules[__name__].Account
"""


@pytest.mark.parametrize("function", ["copied", "same"])
def test_classes_are_pickled_as_those_of_the_module_that_runs(
    function: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bank_pickled.py").write_text(PICKLED)
    monkeypatch.syspath_prepend(tmp_path)
    real = importlib.import_module("bank_pickled")
    try:
        seen = explore(getattr(real, function))
        assert seen.values == (1,)
        assert seen.proven
        assert sys.modules["bank_pickled"] is real
    finally:
        del sys.modules["bank_pickled"]
