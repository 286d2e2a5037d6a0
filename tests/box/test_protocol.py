"""Frames and messages: what is right comes through unchanged, and nothing else comes through."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.box.protocol import (
    DEPTH,
    LENGTH_BYTES,
    Explored,
    Frames,
    Preflighted,
    Problem,
    Reply,
    Request,
    RunJob,
    Seen,
    decode,
    encode,
)
from grader.errors import BoxBroke
from grader.trace import Coverage, Outcome, Ran

REPLIES = [
    Seen(Outcome("done", value={"balance": 200, "results": [1, None, True, 0.5, "é"]})),
    Explored(Coverage(3, True, None, (1, 2))),
    Preflighted(Problem("syntax", "no", "a.py", 3)),
    Ran("returned", 4, facts={"exit_codes": [0]}),
]


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
def test_a_reply_comes_back_as_it_was(reply: Reply) -> None:
    frames = Frames()
    frames.feed(encode(reply, key="k"))
    body = frames.take()
    assert body is not None
    assert decode(body, Reply, key="k") == reply


def test_a_request_comes_back_as_it_was() -> None:
    request = Request({"a.py": "x = 1"}, "a", RunJob("", "t.py", "s", {"n": [1]}), ("socket",))
    assert decode(encode(request)[LENGTH_BYTES:], Request) == request


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"NaN",
        b'{"type":"seen","outcome":{"ending":"done","value":NaN}}',
        b'{"type":"seen","outcome":{"ending":"done","value":Infinity}}',
        b'{"type":"seen","outcome":{"ending":"done","value":1e999}}',
        b'{"type":"seen","outcome":{"ending":"passed"}}',
        b'{"type":"seen","outcome":{"ending":"done","line":"3"}}',
        b'{"type":"seen","outcome":{"ending":"done","line":true}}',
        b'{"type":"seen","outcome":{"ending":"done","detail":"abc"}}',
        b'{"type":"seen"}',
        b'{"type":"verdict","verdict":"pass"}',
        b'{"type":"explored","coverage":{"schedules":1}}',
        b'{"type":"seen","outcome":{"ending":"done","value":"\\ud800"}}',
        b'{"type":"seen","outcome":{"ending":"done"}} trailing',
        b"\x80\x04K\x01.",
        b'{"type":"seen","outcome":{"ending":"done","value":' + b"9" * 5000 + b"}}",
    ],
)
def test_what_is_not_a_reply_is_refused(body: bytes) -> None:
    with pytest.raises(BoxBroke):
        decode(body, Reply)


def test_nesting_is_bounded() -> None:
    def nested(depth: int) -> bytes:
        return b'{"type":"seen","outcome":{"ending":"done","value":' + b"[" * depth + b"]" * depth + b"}}"

    assert decode(nested(DEPTH - 2), Reply)
    for depth in (DEPTH - 1, 1000, 100_000):
        with pytest.raises(BoxBroke, match="deeper"):
            decode(nested(depth), Reply)


def test_brackets_in_texts_are_not_nesting() -> None:
    told = Seen(Outcome("done", value='["\\' + "[{" * 500))
    assert decode(encode(told)[LENGTH_BYTES:], Reply) == told


def test_a_text_that_never_ends_is_measured_in_one_pass() -> None:
    with pytest.raises(BoxBroke):
        decode(b'"\\' * 100_000, Reply)


def test_a_reply_without_the_key_is_refused() -> None:
    body = encode(REPLIES[0], key="another")[LENGTH_BYTES:]
    with pytest.raises(BoxBroke, match="did not send"):
        decode(body, Reply, key="this one")


def test_a_frame_that_says_it_is_too_long_is_refused_before_it_is_read() -> None:
    frames = Frames(limit=100)
    frames.feed((101).to_bytes(LENGTH_BYTES, "big"))
    with pytest.raises(BoxBroke, match="101 bytes"):
        frames.take()


def test_all_frames_of_a_job_together_are_bounded() -> None:
    frames = Frames(limit=100, total=250)
    frames.feed(bytes(250))
    with pytest.raises(BoxBroke, match="more than 250"):
        frames.feed(b"x")


def test_a_message_too_long_to_send_is_refused_where_it_is_made() -> None:
    with pytest.raises(BoxBroke, match="longer"):
        encode(Seen(Outcome("done", value="x" * 200)), limit=100)


@given(st.lists(st.binary(max_size=60)), st.integers(1, 7))
def test_frames_do_not_depend_on_how_the_stream_is_cut(bodies: list[bytes], chunk: int) -> None:
    stream = b"".join(len(body).to_bytes(LENGTH_BYTES, "big") + body for body in bodies)
    frames = Frames()
    taken = []
    for start in range(0, len(stream), chunk):
        frames.feed(stream[start : start + chunk])
        while (body := frames.take()) is not None:
            taken.append(body)
    assert taken == bodies


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_random_bytes_are_refused_and_nothing_worse(body: bytes) -> None:
    with pytest.raises(BoxBroke):
        decode(body, Reply)


def test_mutated_replies_are_read_or_refused_and_nothing_worse() -> None:
    draw = random.Random(1)
    for _ in range(2000):
        body = bytearray(encode(draw.choice(REPLIES))[LENGTH_BYTES:])
        for _ in range(draw.randint(1, 4)):
            body[draw.randrange(len(body))] = draw.randrange(256)
        try:
            decode(bytes(body), Reply)
        except BoxBroke:
            continue
