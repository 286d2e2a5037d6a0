"""What is gone over by functions of the library: others may come before each of its items."""

from __future__ import annotations

import pytest
from test_library_in_hand import explored

FUNCTION = "def f(x): return x\nclass A:\n    def f(self, x): return x"
CHANGED = "s = [1, 2]; got = []\ndef change(): s[1] = 5; s.append(9)\n"
IN_STEPS = [[[1, 2]], [[1, 2, 9]], [[1, 5]], [[1, 5, 9]]]
MAPPED = ["map(f, s)", "filter(f, s)", "map(A().f, s)", "map(functools.partial(f), s)", "map(lambda x: f(x), s)"]


@pytest.mark.parametrize("what", MAPPED)
def test_others_come_between_two_calls_of_a_function(what: str) -> None:
    seen, coverage = explored(FUNCTION, f"{CHANGED}both(change, lambda: got.append(list({what})))\nreturn got")
    assert (sorted(seen, key=repr), coverage.exhausted, coverage.notes) == (sorted(IN_STEPS, key=repr), True, ())


def test_the_iterator_of_a_function_is_not_one_that_only_one_thread_can_have() -> None:
    seen, coverage = explored(
        FUNCTION,
        "it = map(f, [1, 2]); got = []\ndef take(): got.append(next(it))\nboth(take, take)\nreturn sorted(got)",
    )
    assert (seen, coverage.exhausted) == ([[1, 2]], True)


GENERATOR = "import itertools\ndef g(): yield from range(2)"
TAKEN = [
    "itertools.islice(it, 1)", "list(itertools.islice(it, 1))", "zip('a', it)", "[next(map(str, it))]",
    "[next(ours)]", "next(zip(it))", "[next(itertools.chain(it))]",
]  # fmt: skip


@pytest.mark.parametrize("what", TAKEN)
def test_a_generator_of_two_threads_is_resumed_by_the_library_for_one_at_a_time(what: str) -> None:
    body = f"""
        it, got = g(), []
        ours = enumerate(it)
        def take():
            try:
                got.extend({what})
            except ValueError as error:
                got.append(str(error))
        both(take, take)
        return "generator already executing" in got
    """
    seen, coverage = explored(GENERATOR, body)
    assert {True, False} == {*seen}
    assert coverage.exhausted


def test_a_generator_that_only_one_thread_has_costs_no_order() -> None:
    seen, coverage = explored(GENERATOR, "both(lambda: sum(g()), lambda: list(zip(g(), 'ab')))\nreturn 1")
    assert (seen, coverage.schedules, coverage.exhausted) == ([1], 1, True)


@pytest.mark.parametrize("go", ["list(map({}, xs))", "[one for one in map({}, xs)]"])
@pytest.mark.parametrize("what", ["operator.attrgetter('n')", "operator.methodcaller('ask')", "operator.itemgetter(0)"])
def test_what_the_library_asks_of_each_item(what: str, go: str) -> None:
    top = "import operator\nclass A:\n    def __init__(self): self.n = 0\n    def ask(self): return self.n"
    go = go.format(what)
    body = f"xs, got = [A(), A()], []\ndef change(): xs[0].n += 1; xs[1].n += 1\nboth(change, lambda: got.extend({go}))"
    if "itemgetter" in what:
        body = body.replace("A()", "[0]").replace(".n", "[0]")
    seen, coverage = explored(top, f"{body}\nreturn got")
    assert seen == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert coverage.exhausted


def test_a_builtin_looks_into_each_item() -> None:
    body = "xs, got = [[], []], []\ndef change(): xs[0].append(1); xs[1].append(1)\n"
    seen, coverage = explored("", f"{body}both(change, lambda: got.extend([one for one in map(len, xs)]))\nreturn got")
    assert seen == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert coverage.exhausted
