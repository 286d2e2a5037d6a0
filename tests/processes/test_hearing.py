"""Words between the grader and the processes of a controlled run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.processes import hearing
from grader.processes.gate import ASK, NOT_READY, READY, TOLD
from grader.processes.hearing import Hearing


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[tuple[Hearing, int]]:
    """A listener, and the descriptor of those who speak."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    for number in (1, 2):
        os.mkfifo(tmp_path / f"{TOLD}.{number}")
    hearing = Hearing(str(tmp_path), reading)
    yield hearing, writing
    hearing.close()
    os.close(writing)


def say(writing: int, number: int, word: str) -> None:
    os.write(writing, json.dumps({"from": number, "word": word}).encode() + b"\n")


def test_who_is_asked_answers_and_what_others_say_is_kept(heard: tuple[Hearing, int]) -> None:
    listener, writing = heard
    say(writing, 2, READY)
    say(writing, 3, "next")
    say(writing, 1, NOT_READY)
    assert listener.ready([1, 2], lambda _: True) == {1: False, 2: True}
    assert [said["from"] for said in listener.said()] == [3]


def test_who_dies_without_an_answer_is_not_waited_for(
    heard: tuple[Hearing, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "WAKING_SECONDS", 0.001)
    listener, writing = heard
    say(writing, 1, READY)
    asked: list[int] = []
    assert listener.ready([1, 2], lambda number: asked.append(number) or False) == {1: True}
    assert set(asked) == {2}


def test_each_is_asked(heard: tuple[Hearing, int], tmp_path: Path) -> None:
    listener, writing = heard
    ends = [os.open(tmp_path / f"{TOLD}.{number}", os.O_RDWR | os.O_NONBLOCK) for number in (1, 2)]
    say(writing, 1, READY)
    say(writing, 2, READY)
    listener.ready([1, 2], lambda _: True)
    assert [os.read(end, 9) for end in ends] == [ASK, ASK]
    for end in ends:
        os.close(end)
