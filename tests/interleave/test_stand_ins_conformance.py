"""CPython's own tests of locks and queues, run against the stand-ins, in the natural order and in a random one.

Left out, with the reason:
    *many_threads*   50 threads and 100,000 operations on a queue: over the step budget
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import unittest
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from random import Random
from types import ModuleType

import pytest

from grader.interleave.engine import Engine
from grader.interleave.strategies.natural import Natural
from grader.interleave.strategies.random_walk import RandomWalk

pytest.importorskip("test.lock_tests", reason="this Python comes without its own tests")

LEFT_OUT = "many_threads"
PRIMITIVES = {
    "LockTests": ("locktype", "Lock"),
    "RLockTests": ("locktype", "RLock"),
    "EventTests": ("eventtype", "Event"),
    "ConditionTests": ("condtype", "Condition"),
    "SemaphoreTests": ("semtype", "Semaphore"),
    "BoundedSemaphoreTests": ("semtype", "BoundedSemaphore"),
    "BarrierTests": ("barriertype", "Barrier"),
}
QUEUES = ["PyQueueTest", "PyLifoQueueTest", "PyPriorityQueueTest", "PyFailingQueueTest", "CSimpleQueueTest"]


class Suite:
    """An engine in which CPython's tests import the stand-ins."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.library = self.engine.library
        self.library.modules["os"] = os  # the helpers wait for children, of which there are none
        for name in ("test", "test.support", "test.support.threading_helper"):
            self.load(name)
        helper = importlib.import_module("test.support.import_helper")
        replaced = ModuleType("test.support.import_helper")
        replaced.__dict__.update(vars(helper))
        replaced.import_fresh_module = lambda name, *_, **__: (
            self.library.find(name) or helper.import_fresh_module(name)
        )
        self.library.modules["test.support.import_helper"] = replaced
        self.library.modules["test.support"].import_helper = replaced

    def load(self, name: str) -> ModuleType:
        spec = importlib.util.find_spec(name)
        module = ModuleType(name)
        package = spec.submodule_search_locations is not None
        module.__dict__.update(
            __builtins__=self.library.builtins,
            __spec__=spec,
            __file__=spec.origin,
            __package__=name if package else name.rpartition(".")[0],
            __path__=list(spec.submodule_search_locations or []),
        )
        self.library.modules[name] = module
        # Not by the loader that pytest puts in front for everything called test_*.
        exec(SourceFileLoader(name, spec.origin).get_code(name), module.__dict__)
        self.library._place(name, module)
        return module

    def run(self, case: type[unittest.TestCase]) -> Iterator[str]:
        """What went wrong, a line each."""
        for test in unittest.defaultTestLoader.loadTestsFromTestCase(case):
            if LEFT_OUT in test._testMethodName:
                continue
            for strategy in (Natural(), RandomWalk(Random(1))):
                strategy.begin()
                result = unittest.TestResult()
                execution = self.engine.run(
                    lambda test=test, result=result: test.run(result) and None, strategy, clock="exact"
                )
                for _, text in result.errors + result.failures:
                    yield f"{test.id()}: {text.strip().splitlines()[-1]}"
                if execution.ending != "done":
                    yield f"{test.id()}: {execution.ending} {execution.detail}"


@pytest.fixture(scope="module")
def suite():
    gc.freeze()  # CPython's tests collect after each thread, which takes a second over all that the session holds
    yield Suite()
    gc.unfreeze()


@pytest.mark.parametrize("base", PRIMITIVES)
@pytest.mark.filterwarnings("ignore")
def test_primitives_behave_like_cpythons(suite, base):
    attribute, name = PRIMITIVES[base]
    tests = suite.load("test.lock_tests")
    kind = getattr(suite.library.threading, name)
    case = type(f"{name}Case", (getattr(tests, base), unittest.TestCase), {attribute: staticmethod(kind)})
    assert list(suite.run(case)) == []


@pytest.mark.parametrize("name", QUEUES)
@pytest.mark.filterwarnings("ignore")
def test_queues_behave_like_cpythons(suite, name):
    tests = suite.load("test.test_queue")
    case = getattr(tests, name, None) or getattr(tests, name.removeprefix("Py").replace("C", "", 1), None)
    if case is None:
        pytest.skip(f"this Python has no {name}")
    assert list(suite.run(case)) == []
