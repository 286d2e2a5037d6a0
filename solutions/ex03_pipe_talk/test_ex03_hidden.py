"""The hidden checks of ex03: the same kinds as the public ones, with other sizes and more load."""

from __future__ import annotations

import hashlib
import multiprocessing
from multiprocessing import Pipe

from grader.checks import check, same, scenario


@scenario
def there_and_back(answer, sizes):
    """frames of {sizes} bytes, from write_frame to read_frame, the bytes arriving one by one"""
    from grader.processes.perturb import trickle, written

    def write(fd):
        for size in sizes:
            answer.write_frame(fd, noise(size))

    with trickle(written(write, interrupted=True)) as fd:
        frames = [answer.read_frame(fd) for _ in range(len(sizes) + 1)]
    return [None if frame is None else hashlib.sha256(frame).hexdigest()[:16] for frame in frames]


def noise(size):
    return hashlib.shake_128(str(size).encode()).digest(size)


@check(kind="EDGE", points="1/2", hint="Both directions in a loop: until all is written, until all is read.")
def test_frames_survive_any_cutting(box):
    """Frames arrive unchanged through short writes and one-byte reads."""
    sizes = [box.random.randint(5000, 9000), 0, box.random.randint(200, 300), 1, 256]
    box.run(
        there_and_back,
        sizes=sizes,
        allowed=lambda seen: same(seen, [*(hashlib.sha256(noise(size)).hexdigest()[:16] for size in sizes), None]),
        expected=f"five payloads of {sizes} bytes, unchanged, then None",
    )


@scenario
def served_under_load(answer, sizes):
    """serve in a forked child; requests of {sizes} characters, each answered with its length and itself"""
    mine, theirs = Pipe()
    child = multiprocessing.Process(target=serving, args=(answer.serve, mine, theirs))
    child.start()
    theirs.close()
    answers = []
    try:
        for size in sizes:
            mine.send("x" * size)
            word, reply = mine.recv()
            answers.append([word, len(reply) if word == "ok" else reply])
    except (EOFError, OSError):
        answers.append("the child is gone")
    mine.close()
    child.join()
    return {"answers": answers, "exit code": child.exitcode}


def serving(serve, not_mine, conn):
    not_mine.close()
    serve(conn, twice)


def twice(text):
    if not text:
        raise LookupError("nothing", len(text))
    return text * 2


@check(kind="LIVE", points="1/2", hint="Receive one, answer one: then nobody ever has to hold more than one message.")
def test_serve_carries_big_messages(box):
    """serve answers messages bigger than any buffer, and errors in between."""
    sizes = [2**20, 0, box.random.randint(1, 99), 65536, 0, box.random.randint(70_000, 90_000)]
    answers = [["ok", size * 2] if size else ["err", "LookupError('nothing', 0)"] for size in sizes]
    box.run(
        served_under_load,
        sizes=sizes,
        start_method="fork",
        allowed=lambda seen: same(seen, {"answers": answers, "exit code": 0}),
        expected=f"{answers}, and the child ends with exit code 0",
    )
