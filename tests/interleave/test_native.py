"""What real threads were seen to do (recorded by `native.py`) is among what the engine says they may do."""

from __future__ import annotations

import json

import pytest
from native import RECORDED, not_explored, once
from shared_things import scenario

RECORDS = json.loads(RECORDED.read_text(encoding="utf-8"))
NEVER = ("done", "[0, [], [], {}]", "[]")


def outcomes(record: dict[str, list[list[str]]]) -> list[tuple[str, ...]]:
    return [tuple(one) for one in record["outcomes"]]


@pytest.mark.parametrize("number", range(len(RECORDS)))
def test_every_recorded_native_outcome_is_explored(number: int):
    record = RECORDS[number]
    assert len(outcomes(record)) > 1
    assert not_explored(scenario(record["works"]), outcomes(record)) == []


def test_an_outcome_that_cannot_be_is_told_from_those_that_can():
    record = RECORDS[0]
    assert not_explored(scenario(record["works"]), [*outcomes(record), NEVER]) == [NEVER]


def test_a_native_run_is_told_in_the_words_of_the_engine():
    body = "def s(answer):\n threads = [threading.Thread(target=work) for work in ({}, {})]\n"
    body += " for thread in threads: thread.start()\n for thread in threads: thread.join()\n return [(1, 2)]\n"
    assert once(body.format("int", "int")) == ("done", "[[1, 2]]", "[]")
    wrong = "lambda: int('x')"
    message = "invalid literal for int() with base 10: 'x'"
    assert once(body.format("int", wrong)) == ("raised", "[[1, 2]]", repr([("ValueError", message)]))
