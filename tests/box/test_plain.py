"""Values on their way out: JSON that says truthfully what the answer gave."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.box.plain import plain


class Equal(int):
    """Says that it is whatever it is compared with."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class Raising:
    def __getattribute__(self, name: str) -> Any:
        raise SystemExit(0)


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -3, 2.5, "text", [1, [2]], {"a": {"b": None}}],
)
def test_json_passes_unchanged(value: object) -> None:
    assert plain(value) == value


def test_tuples_become_lists() -> None:
    assert plain((1, (2, "x"))) == [1, [2, "x"]]


# Made in the test: pytest looks at its parameters, and one of these does not bear that.
STRANGE: dict[str, Callable[[], object]] = {
    "int that equals all": lambda: Equal(3),
    "object that raises": Raising,
    "set": lambda: {1},
    "bytes": lambda: b"x",
    "class": lambda: Equal,
    "function": lambda: len,
    "complex": lambda: 1j,
}


@pytest.mark.parametrize("name", STRANGE)
def test_everything_else_is_named_and_cannot_be_taken_for_a_value(name: str) -> None:
    said = plain(STRANGE[name]())
    assert list(said) == ["not JSON"]
    assert "type" in said["not JSON"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**4000])
def test_numbers_that_json_cannot_carry_are_named(value: object) -> None:
    assert list(plain(value)) == ["not JSON"]


def test_keys_are_texts_and_foreign_keys_do_not_hide() -> None:
    assert plain({1: "a", None: "b", Equal(2): "c"}) == {"1": "a", "None": "b", "<key of type Equal>": "c"}


def test_lone_surrogates_are_spelled_out() -> None:
    plain("\ud800").encode()
    assert plain("\ud800") == "\\ud800"


def test_a_value_that_holds_itself_comes_to_an_end() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert "nested too deep" in json.dumps(plain(loop))


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.tuples(inner))
)
def test_what_comes_out_is_always_json(value: object) -> None:
    json.dumps(plain(value), allow_nan=False).encode()
