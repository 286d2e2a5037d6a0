"""CPython's own tests of the language, plain and rewritten as an answer is: each must end alike.

    python tests/interleave/language.py [--write] [MODULE ...]

They come from the `test` package of the interpreter that runs this; none of them is copied here. Each test runs three
times: plain, in the real Python; and rewritten, as a controlled execution in the natural order, once alone and once
beside a thread that waits for ever, so that every hook does its work. `KNOWN` says which tests may end differently and
why, `LEFT_OUT` which are not run; what differs besides is listed and makes exit code 1. `--write` puts the counts into
benchmarks/RESULTS.md, a section for each version of Python.
"""

from __future__ import annotations

import argparse
import datetime
import fnmatch
import io
import platform
import signal
import sys
import time
import tokenize
import typing
import unittest
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "tests" / "interleave")]

from cpython import exists  # noqa: E402

from grader.interleave.program import load  # noqa: E402
from grader.interleave.strategies.natural import Natural  # noqa: E402


def _by_pattern(patterns: dict[str, str]) -> dict[str, str]:
    return {pattern: reason for reason, several in patterns.items() for pattern in several.split()}


MODULES = (
    "test_abc", "test_asyncgen", "test_augassign", "test_baseexception", "test_binop", "test_bool", "test_builtin",
    "test_call", "test_class", "test_collections", "test_compare", "test_contains", "test_context", "test_contextlib",
    "test_contextlib_async", "test_copy", "test_coroutines", "test_dataclasses", "test_decorators", "test_defaultdict",
    "test_deque", "test_descr", "test_dict", "test_dictcomps", "test_dictviews", "test_dynamic",
    "test_dynamicclassattribute", "test_enum", "test_enumerate", "test_except_star", "test_exception_group",
    "test_exception_hierarchy", "test_exception_variations", "test_exceptions", "test_float", "test_format",
    "test_fstring", "test_funcattrs", "test_functools", "test_generator_stop", "test_generators", "test_genericalias",
    "test_genericclass", "test_genexps", "test_global", "test_grammar", "test_hash", "test_heapq", "test_index",
    "test_int", "test_isinstance", "test_iter", "test_iterlen", "test_itertools", "test_keywordonlyarg", "test_list",
    "test_listcomps", "test_module", "test_named_expressions", "test_opcodes", "test_operator", "test_ordered_dict",
    "test_patma", "test_pickle", "test_positional_only_arg", "test_pow", "test_print", "test_property", "test_raise",
    "test_range", "test_richcmp", "test_scope", "test_set", "test_slice", "test_sort", "test_string_literals",
    "test_structseq", "test_subclassinit", "test_super", "test_tuple", "test_type_aliases", "test_type_annotations",
    "test_type_comments", "test_type_params", "test_typechecks", "test_types", "test_typing", "test_unary",
    "test_unpack", "test_userdict", "test_userlist", "test_userstring", "test_weakref", "test_weakset", "test_with",
    "test_yield_from",
)  # fmt: skip
LEFT_OUT = _by_pattern({
    "asks a person, or needs a terminal": "test_builtin.*.test_input* test_builtin.PtyTests.* test_builtin.*reakpoint*"
    " test_call.*.test_varargs1max",
    "would take 5 to 25 s each": "test_builtin.*.test_filter_dealloc"
    " test_itertools.*.test_combinations_with_replacement test_itertools.*.test_permutations"
    " test_range.*.test_range_iterators test_set.*.test_hash_effectiveness"
    " test_weakref.*.test_*_destroy_while_iterating test_int.*.test_pylong_roundtrip_huge",
    "is about real threads, or other interpreters": "test_weakref.*.test_threaded_* *ubinterp*",
})  # fmt: skip
"""Pattern of `module.Class.test` -> why it is not run."""
KNOWN = _by_pattern({
    "what a hook was told of lives until the execution is over": "test_context.*.test_hamt_gc_*"
    " test_copy.*.test_deepcopy_weak* test_deque.*.test_container_iterator test_deque.*.test_weakref"
    " test_descr.*.test_cycle_through_dict test_descr.*.test_remove_subclass test_descr.*.test_slots"
    " test_descr.*.test_subtype_resurrection test_dict.*.test_container_iterator *.test_free_after_iterating"
    " test_exceptions.*.testExceptionCleanupState test_exceptions.*.test_generator_*_cleanup_exc_state"
    " test_functools.*.test_weakref test_functools.*.test_lru_cache_weakrefable"
    " test_generators.FinalizationTest.* test_iter.*.test_ref_counting_behavior test_itertools.*.test_islice"
    " test_itertools.*.test_tee_recipe"
    " test_ordered_dict.*.test_highly_nested_subclass test_ordered_dict.*.test_reference_loop"
    " test_scope.*.testCellLeak test_set.*.test_container_iterator test_set.*.test_weakref"
    " test_slice.*.test_cycle"
    " test_weakref.*.test_callback* test_weakref.*.test_getweakrefs test_weakref.*.test_proxy_ref"
    " test_weakref.*.test_weak_key* test_weakref.*.test_weak_value* test_weakset.*.test_len_cycles"
    " test_weakset.*.test_union",
    "id() is a stand-in: what was asked for it lives until the execution is over": "test_copy.*.test_deepcopy_keepalive"
    " *_tuple_reuse test_sort.*.test_key_with_mutating_del",
    "makes more steps than an execution may": "test_collections.*.test_multiset_operations_equivalent_*"
    " test_collections.*.test_large_size"
    " test_context.*.test_hamt_stress test_deque.*.test_long_steadystate_queue_pop*"
    " test_itertools.*.test_long_chain_of_empty_iterables",
    "changes the builtins of the process: those of a program are a copy, hooks use the others":
    "test_dynamic.RebindBuiltinsTests.* test_builtin.*.test_all_any_tuple_optimization"
    " test_functools.*.test_lru_reentrancy_with_len test_iter.*.test_reduce_mutating_builtins_iter",
    "print, time, SimpleQueue and __import__ are written in Python": "test_builtin.BuiltinTest.test_import"
    " test_call.*.test_varargs18_kw test_funcattrs.BuiltinFunctionPropertiesTest.*"
    " test_types.*.test_method_descriptor_crash"
    " test_print.TestPy2MigrationHint.* test_typing.*.test_overload_on_compiled_functions",
    "between a function and who calls it there is a frame of ours": "test_exceptions.*.testSettingException"
    " test_typing.*.test_deprecation_for_no_type_params_passed_to__evaluate",
    "time is virtual": "test_int.*.test_denial_of_service_prevented_*",
    "a method that was taken of a container is no method of C": "test_call.TestPEP590.test_vectorcall"
    " test_descr.*.test_builtin_function_or_method test_descr.*.test_method_wrapper"
    " test_types.*.test_method_descriptor_types",
    "between two generators of which one delegates to the other there is an object of ours":
    "test_generators.GeneratorStackTraceTest.* test_generators.*.test_generator_gi_yieldfrom"
    " test_generators.SignalAndYieldFromTest.*",
    "what is seen to die is known by a weak reference of ours, which is one of its own":
    "test_weakref.*.test_subclass_refs_dont_replace_standard_refs",
    "functions have variables of ours": "test_builtin.*.test_exec_closure"
    " test_funcattrs.*.test_empty_cell test_scope.*.testLocalsFunction",
    "hooks look names up, too, and ask keys with an __eq__ of their own":
    "test_descr.*.test_vicious_descriptor_nonsense test_descr.*.test_type_lookup_mro_reference",
    "hooks take some of the depth that recursion may have": "test_exceptions.*.test_recursion_in_except_handler",
    "asyncio's tasks are those written in Python": "test_contextlib_async.*.test_exit_exception_traceback",
    "until 3.11 cached_property had a lock, which is a real one": "test_functools.TestCachedProperty.test_threaded",
})  # fmt: skip
"""Pattern of `module.Class.test` -> why it need not end as in plain Python."""
WORDS = ("same", "known", "left out")
STEPS = 500_000
SECONDS = 20
"""After which a test is given up: only so that the campaign ends."""


class Ended(NamedTuple):
    """How a test ended."""

    how: str
    """"passed", "skipped" or "failed"."""
    saying: str = ""
    """The last line of what went wrong."""


class Plain:
    """A module of tests in the real Python."""

    def __init__(self, name: str) -> None:
        self.module = _new(name)
        with _in_place(self.module):
            exec(compile(_source(self.module), str(self.module.__file__), "exec", dont_inherit=True), vars(self.module))

    def ended(self, test: str) -> Ended:
        result = unittest.TestResult()
        with _in_place(self.module), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            _run(self.module, test, result)
        return _ended(result)


class Rewritten:
    """The same module, rewritten as an answer is."""

    def __init__(self, name: str, seconds: float) -> None:
        self.seconds = seconds
        self.module = _new(name)
        file = str(self.module.__file__)
        path = file.removesuffix(".py")
        program = load({file: _source(self.module)}, path, "", "scenario.py")
        code = program._codes[path.replace("/", ".")]
        program._packages.clear()  # folders of that path, which are none
        self.engine = program.engine
        self.engine.hooks.modules |= {name}
        # The stand-in for a date has a metaclass, which `class Day(date, Enum)` does not take.
        self.engine.library.modules |= {"test": sys.modules["test"], "datetime": datetime}
        self.module.__dict__["__builtins__"] = self.engine.library.builtins
        problem = self._executed(lambda: exec(code, vars(self.module)))
        if problem:
            raise RuntimeError(f"{name} cannot be imported: {problem}")

    def ended(self, test: str, *, beside: bool) -> Ended:
        """beside: another thread is about, so that hooks have somebody to tell."""
        result = unittest.TestResult()

        def run() -> None:
            if beside:
                threading = self.engine.library.threading
                threading.Thread(target=threading.Event().wait, daemon=True).start()
            _run(self.module, test, result)

        problem = self._executed(run)
        return Ended("failed", problem) if problem else _ended(result)

    def _executed(self, what: Callable[[], None]) -> str:
        """What was wrong with that execution itself; "" if nothing was."""

        def main() -> None:
            self.engine.modules[self.module.__name__] = self.module
            _put(self.module)
            what()

        strategy = Natural()
        strategy.begin()
        with _limited(self.seconds):
            execution = self.engine.run(main, strategy, clock="exact", limit=STEPS)
        return "" if execution.ending == "done" else f"{execution.ending}: {' '.join(execution.detail)}"


def _new(name: str) -> ModuleType:
    """The module, still empty."""
    spec = find_spec(name)
    assert spec is not None
    module, folders = ModuleType(name), spec.submodule_search_locations
    vars(module).update(__spec__=spec, __file__=spec.origin, __package__=name if folders else name.rpartition(".")[0])
    if folders:
        module.__path__ = list(folders)
    return module


def _source(module: ModuleType) -> str:
    with tokenize.open(str(module.__file__)) as file:
        return file.read()


def _put(module: ModuleType) -> None:
    sys.modules[module.__name__] = module
    package, _, leaf = module.__name__.rpartition(".")
    setattr(sys.modules[package], leaf, module)


@contextmanager
def _in_place(module: ModuleType) -> Iterator[None]:
    """Whoever imports it meets this one."""
    _put(module)
    try:
        yield
    finally:
        del sys.modules[module.__name__]


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    if not seconds:
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _tests(module: ModuleType) -> list[str]:
    """`Class.test` of all that there are; doctests are none."""
    cases = [(name, one) for name, one in vars(module).items() if _is_case(one) and one.__module__ == module.__name__]
    names = unittest.defaultTestLoader.getTestCaseNames
    return [f"{case}.{name}" for case, one in cases for name in names(one)]


def _is_case(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, unittest.TestCase)


def _run(module: ModuleType, test: str, result: unittest.TestResult) -> None:
    """One test, with what its class and its module set up for it."""
    case, _, name = test.partition(".")
    depth = sys.getrecursionlimit()
    for forget in typing._cleanups:  # types of the one module that are called as in the other
        forget()
    try:
        unittest.TestSuite([getattr(module, case)(name)]).run(result)
    finally:
        sys.setrecursionlimit(depth)


def _ended(result: unittest.TestResult) -> Ended:
    for _, text in result.errors + result.failures:
        return Ended("failed", text.strip().splitlines()[-1])
    if result.unexpectedSuccesses:
        return Ended("failed", "passed, which was not expected")
    return Ended("skipped" if result.skipped else "passed")


def pattern_of(table: Mapping[str, str], test: str) -> str | None:
    """The pattern in `table` that the test fits."""
    return next((pattern for pattern in table if fnmatch.fnmatch(test, pattern)), None)


def compared(name: str, seconds: float = 0) -> Iterator[tuple[str, str]]:
    """(`module.Class.test`, one of `WORDS` or how it differs) for all tests of the module `test.<name>`.

    seconds: after so many one is given up, where `too_long` hears the alarm.
    """
    plain, rewritten = Plain(f"test.{name}"), Rewritten(f"test.{name}", seconds)
    mine, others = _tests(plain.module), _tests(rewritten.module)
    yield from ((f"{name}.{test}", "is not there in both") for test in {*mine} ^ {*others})
    for test in mine:
        full = f"{name}.{test}"
        if pattern_of(LEFT_OUT, full) is not None:
            yield full, "left out"
            continue
        said = _difference(plain, rewritten, test)
        yield full, "known" if said and pattern_of(KNOWN, full) is not None else said or "same"


def _difference(plain: Plain, rewritten: Rewritten, test: str) -> str:
    """How it ended, where that is not as in plain Python; nothing if it is."""
    wanted = plain.ended(test)
    for beside in (False, True):
        ended = rewritten.ended(test, beside=beside)
        if ended.how != wanted.how:
            return f"{wanted.how} plain, {'beside another thread' if beside else 'alone'} {ended.how}: {ended.saying}"
    return ""


def too_long(*_: object) -> None:
    raise TimeoutError(f"not over after {SECONDS} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verbose", action="store_true", help="say how each test compares, and how long it took")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("modules", nargs="*")
    asked = parser.parse_args()
    signal.signal(signal.SIGALRM, too_long)
    said: dict[str, list[tuple[str, str]]] = {}
    for name in [one for one in asked.modules or MODULES if exists(f"test.{one}")]:
        with get_context("fork").Pool(1) as apart:  # what one leaves in the process makes the next ones slow
            said[name] = apart.apply(_aloud if asked.verbose else _in_silence, (name,))
        print(name, dict(_counts(said[name])), flush=True)
    wrong = [f"{test}: {what}" for tests in said.values() for test, what in tests if what not in WORDS]
    print(*wrong, sep="\n")
    if asked.write:
        from results_file import replace_section

        title = f"CPython's language tests, instrumented, Python {sys.version_info[0]}.{sys.version_info[1]}"
        replace_section(ROOT / "benchmarks" / "RESULTS.md", title, report(said))
    return bool(wrong)


def quietly(name: str, seconds: float = 0) -> Iterator[tuple[str, str]]:
    """`compared` without warnings, of which these tests give many."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield from compared(name, seconds)


def _in_silence(name: str) -> list[tuple[str, str]]:
    return list(quietly(name, SECONDS))


def _aloud(name: str) -> list[tuple[str, str]]:
    said, began = [], time.monotonic()
    for test, what in quietly(name, SECONDS):
        print(f"{time.monotonic() - began:6.2f} s  {test}: {what}", flush=True)
        said.append((test, what))
        began = time.monotonic()
    return said


def _counts(said: list[tuple[str, str]]) -> Counter[str]:
    return Counter(what if what in WORDS else "differs" for _, what in said)


def report(said: dict[str, list[tuple[str, str]]]) -> str:
    """The section for RESULTS.md."""
    words = (*WORDS, "differs")
    counts = {name: _counts(tests) for name, tests in said.items()}
    total = sum(counts.values(), Counter())
    both = {**KNOWN, **LEFT_OUT}
    reasons = Counter(
        both[str(pattern_of(KNOWN if what == "known" else LEFT_OUT, test))]
        for tests in said.values() for test, what in tests if what in ("known", "left out")
    )  # fmt: skip
    return "\n".join(
        [
            f"{datetime.date.today()}, Python {platform.python_version()}, {platform.machine()}: "
            "`python tests/interleave/language.py`, each test plain, rewritten alone and rewritten beside a thread "
            f"that waits for ever. Of {total.total() - total['left out']} tests {total['same']} end the same, "
            f"{total['known']} differ for a known cause, {total['differs']} for another; {total['left out']} are left "
            "out. A module that is missing has no tests but doctests, or this Python does not come with it.",
            "",
            f"| module | {' | '.join(words)} |",
            "|---" * (len(words) + 1) + "|",
            *(f"| {name} | {' | '.join(str(said[word]) for word in words)} |" for name, said in counts.items() if said),
            "",
            "| tests | known cause, or why left out |",
            "|---|---|",
            *(f"| {many} | {reason} |" for reason, many in reasons.most_common()),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
