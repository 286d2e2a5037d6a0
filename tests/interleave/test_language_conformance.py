"""CPython's own tests of the language, rewritten as an answer is, end as in plain Python: in the suite a few modules.

All of them are a campaign of their own: `language.py`, whose figures are in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import gc

import language
import pytest

pytest.importorskip("test.test_grammar", reason="this Python comes without its own tests")

QUICK = ["test_grammar", "test_scope", "test_patma", "test_with", "test_yield_from", "test_dataclasses", "test_super"]


@pytest.fixture(autouse=True)
def _little_to_collect():
    gc.freeze()  # CPython's tests collect again and again, which takes long over all that the session holds
    yield
    gc.unfreeze()


def differences(name: str) -> dict[str, str]:
    said = dict(language.quietly(name))
    assert said
    return {test: what for test, what in said.items() if what not in language.WORDS}


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.filterwarnings("ignore")
def test_rewritten_tests_of_the_language_end_as_in_plain_python(name):
    assert differences(name) == {}


@pytest.mark.filterwarnings("ignore")
def test_what_ends_differently_is_told(monkeypatch):
    monkeypatch.setattr(language, "KNOWN", {})
    assert "test_scope.ScopeTests.testLocalsFunction" in differences("test_scope")
