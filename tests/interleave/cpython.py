"""CPython's own tests of threads, locks, queues and executors, run against the stand-ins.

    python tests/interleave/cpython.py [--orders 3] [--write] [MODULE ...]

They come from the `test` package of the interpreter that runs this; none of them is copied here. Each test is one
controlled execution, in the natural order and then in random ones, on the exact clock. `LEFT_OUT` says which are not
run and why; what does not pass besides is listed and makes exit code 1. `--write` puts the counts into
benchmarks/RESULTS.md, a line for each version of Python.
"""

from __future__ import annotations

import argparse
import datetime
import fnmatch
import importlib
import importlib.util
import io
import os
import platform
import signal
import sys
import unittest
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr
from importlib.machinery import SourceFileLoader
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from grader.interleave.engine import Engine  # noqa: E402
from grader.interleave.strategies.natural import Natural  # noqa: E402
from grader.interleave.strategies.random_walk import RandomWalk  # noqa: E402
from grader.interleave.vthread import GREENLETS, Carrier  # noqa: E402

LOCKS = {
    "LockTests": ("locktype", "Lock"),
    "RLockTests": ("locktype", "RLock"),
    "EventTests": ("eventtype", "Event"),
    "ConditionTests": ("condtype", "Condition"),
    "SemaphoreTests": ("semtype", "Semaphore"),
    "BoundedSemaphoreTests": ("semtype", "BoundedSemaphore"),
    "BarrierTests": ("barriertype", "Barrier"),
}
MODULES = (
    "test.lock_tests", "test.test_queue", "test.test_threading_local", "test.test_thread", "test.test_threading",
    "test.test_concurrent_futures.test_thread_pool",
    "test.test_concurrent_futures.test_as_completed", "test.test_concurrent_futures.test_wait",
    "test.test_concurrent_futures.test_future", "test.test_concurrent_futures.test_shutdown",
    "test.test_concurrent_futures.test_init",
)  # fmt: skip
FIRST = (
    "test", "test.support", "test.support.threading_helper", "test.test_concurrent_futures",
    "test.test_concurrent_futures.util", "test.test_concurrent_futures.executor",
)  # fmt: skip
"""What they import, which must see the stand-ins, too."""
LEFT_OUT = {
    "*ProcessPool*": "processes",
    "*fork*": "makes real processes, which no test of threads needs",
    "*sizeof*": "how many bytes the C object takes",
    "*many_threads*": "64,000 messages: over the step budget",
    "*SetAsyncExc*": "a function of the C interface",
    "*interrupt_main*": "signals",
    "*Interrupt*": "signals",
    "*signal*": "signals",
    "*ubinterp*": "other interpreters",
    "*stack_size*": "virtual threads have no stack size",
    "*unraisable*": "an exception in a thread of `_thread` is an outcome, not given to sys.unraisablehook",
    "*limbo_cleanup*": "replaces _start_new_thread, which a start does not come by",
    "*tstate_lock*": "asks for a lock inside of Thread that does not exist here",
    "*shutdown_locks*": "asks for locks inside of threading that do not exist here",
    "*lock_no_subclass*": "the stand-in for a lock is a class that one may derive from",
    "CRLockTests.test_signature": "the stand-in for RLock takes no arguments, which CPython only warns of",
    "*disallow_instantiation*": "the stand-in for a lock is a class that can be called",
    "*local_refs*": "the values of threads that have ended live until the execution is over",
    "*cycle_collection*": "the same",
    "ExceptHookTests.test_*excepthook*": "an exception that nobody catches is an outcome, not text on stderr",
    "*test__all__*": "compares with the modules that functions come from",
    "*recursion_limit*": "starts another interpreter",
    "*test_hang_g*": "starts another interpreter",
    "*test_spawn*": "processes",
    "*FailingInitializerTest.test_initializer": "wants the logger of concurrent.futures; the stand-in has its own",
    "*free_reference*": "what was asked for its id() lives until the execution is over",
    "*AsCompletedTest.test_correct_timeout*": "expects computing to take time, of which it takes none",
    "*AsCompletedTest.test_future_times_out": "the same",
    "*foreign_thread*": "a thread of `_thread` is not listed by threading",
}
"""Pattern of `Class.test` -> why it is not run."""
STEPS = 200_000
SECONDS = 30
"""After which a test is given up: only in the campaign, and only so that it ends."""


class Suite:
    """An engine in which CPython's tests import the stand-ins."""

    def __init__(self, seconds: float = 0, carrier: Carrier = GREENLETS) -> None:
        self.seconds = seconds
        self.left_out: Counter[str] = Counter()
        """Patterns of `LEFT_OUT`, and how many tests they kept from being run."""
        self.engine = Engine(carrier)
        self.library = self.engine.library
        self.library.modules["os"] = os  # the helpers wait for children, of which there are none
        for name in filter(exists, FIRST):
            self.load(name)
        helper = importlib.import_module("test.support.import_helper")
        replaced = ModuleType("test.support.import_helper")
        replaced.__dict__.update(vars(helper))
        processes = ModuleType("test.support.script_helper")
        processes.__getattr__ = lambda _: starts_another_interpreter
        self.library.modules["test.support.script_helper"] = processes
        self.library.modules["test.support"].script_helper = processes
        replaced.import_fresh_module = lambda name, *_, **__: (
            self.library.find(name) or helper.import_fresh_module(name)
        )
        self.library.modules["test.support.import_helper"] = replaced
        self.library.modules["test.support"].import_helper = replaced
        self.load("test.lock_tests")

    def load(self, name: str) -> ModuleType:
        if name in self.library.modules:
            return self.library.modules[name]
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

    def lock_case(self, base: str) -> type[unittest.TestCase]:
        """The tests of one primitive, which CPython keeps without saying of which."""
        attribute, name = LOCKS[base]
        kind = getattr(self.library.threading, name)
        tests = getattr(self.load("test.lock_tests"), base)
        return type(f"{name}Case", (tests, unittest.TestCase), {attribute: staticmethod(kind)})

    def cases(self, name: str) -> list[type[unittest.TestCase]]:
        if name == "test.lock_tests":
            return [self.lock_case(base) for base in LOCKS]
        module = self.load(name)
        found = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, unittest.TestCase)]
        return [one for one in found if one.__module__ == name or "." in name.removeprefix("test.")]

    def outcomes(self, case: type[unittest.TestCase], orders: int = 2) -> Iterator[tuple[str, str]]:
        """(the test, "passed", "skipped", "left out" or what went wrong) for each test, in that many orders."""
        for test in unittest.defaultTestLoader.loadTestsFromTestCase(case):
            name = f"{case.__name__}.{test._testMethodName}"
            pattern = next((one for one in LEFT_OUT if fnmatch.fnmatch(name, one)), None)
            if pattern is not None:
                self.left_out[pattern] += 1
                yield name, "left out"
                continue
            said = {self.outcome(test, seed) for seed in range(orders)}
            wrong = sorted(said - {"passed", "skipped"})
            yield name, wrong[0] if wrong else "passed" if "passed" in said else "skipped"

    def outcome(self, test: unittest.TestCase, seed: int) -> str:
        """Of one execution: the natural one for seed 0."""
        strategy: Any = RandomWalk(Random(seed)) if seed else Natural()
        strategy.begin()
        result = unittest.TestResult()
        test._cleanups, test._outcome = [], None
        signal.setitimer(signal.ITIMER_REAL, self.seconds)
        execution = self.engine.run(lambda: test.run(result) and None, strategy, clock="exact", limit=STEPS)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for _, text in result.errors + result.failures:
            return text.strip().splitlines()[-1]
        if execution.ending != "done":
            return f"{execution.ending} {' '.join(execution.detail)}"
        return "skipped" if result.skipped else "passed"


def starts_another_interpreter(*_: object, **__: object) -> None:
    raise unittest.SkipTest("tries another interpreter, not the stand-ins")


def exists(name: str) -> bool:
    """Whether this Python comes with that module."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def too_long(*_: object) -> None:
    raise TimeoutError(f"not over after {SECONDS} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=3)
    parser.add_argument("--verbose", action="store_true", help="say how each test ended")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("modules", nargs="*")
    asked = parser.parse_args()
    suite, counts, wrong = Suite(SECONDS), {}, []
    for name in asked.modules or MODULES:
        said = []
        for test, what in outcomes(suite, name, asked.orders):
            said.append((test, what))
            if asked.verbose:
                print(name, test, what, flush=True)
        counts[name] = Counter(what if what in ("passed", "skipped", "left out") else "wrong" for _, what in said)
        wrong += [f"{name} {test}: {what}" for test, what in said if what not in ("passed", "skipped", "left out")]
        print(name, dict(counts[name]), flush=True)
    print(*wrong, sep="\n")
    if asked.write:
        from results_file import replace_section

        title = f"CPython's own tests, Python {sys.version_info[0]}.{sys.version_info[1]}"
        replace_section(ROOT / "benchmarks" / "RESULTS.md", title, report(counts, suite.left_out, asked.orders))
    return bool(wrong)


def report(counts: dict[str, Counter[str]], left_out: Counter[str], orders: int) -> str:
    """The section for RESULTS.md."""
    words = ("passed", "skipped", "left out", "wrong")
    rows = [
        f"| {name} | " + " | ".join(str(said[word]) for word in words) + " |" for name, said in counts.items() if said
    ]
    total = sum(counts.values(), Counter())
    run = total["passed"] + total["wrong"]
    return "\n".join(
        [
            f"{datetime.date.today()}, Python {platform.python_version()}, {platform.machine()}: "
            f"`python tests/interleave/cpython.py --orders {orders}`, each test in the natural order and in "
            f"{orders - 1} random ones. {total['passed']} of {run} pass, {total['skipped']} skip themselves, "
            f"{total['left out']} are left out; what this Python does not come with is missing.",
            "",
            "| module | passed | skipped | left out | wrong |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "| left out | tests | why |",
            "|---|---|---|",
            *(f"| `{pattern}` | {many} | {LEFT_OUT[pattern]} |" for pattern, many in sorted(left_out.items())),
        ]
    )


def outcomes(suite: Suite, name: str, orders: int) -> Iterator[tuple[str, str]]:
    """Of all tests of a module; of none where this Python has no such module."""
    signal.signal(signal.SIGALRM, too_long)
    for case in suite.cases(name) if exists(name) else ():
        with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield from suite.outcomes(case, orders)


if __name__ == "__main__":
    sys.exit(main())
