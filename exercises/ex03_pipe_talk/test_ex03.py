"""The public checks of ex03. Everything runs in real processes; the hidden checks take other sizes and loads."""

from __future__ import annotations

import hashlib
import multiprocessing
import struct
from multiprocessing import Pipe

from grader.checks import check, same, scenario


@scenario
def frames_written(answer, payloads):
    """write_frame of {payloads} (as hexadecimal), one after the other, into one pipe"""
    from grader.processes.perturb import written

    def write(fd):
        for payload in payloads:
            answer.write_frame(fd, bytes.fromhex(payload))

    return written(write).hex()


@check(kind="EDGE", points="1/2", hint='struct.pack(">I", len(payload)): four bytes, the biggest first; count bytes.')
def test_writes_length_and_payload(box):
    """A frame is four bytes of length, big-endian, then the payload; an empty payload too."""
    payloads = [b"", b"x", "Grüße".encode(), box.random.randbytes(box.random.randint(300, 900))]
    expected = b"".join(struct.pack(">I", len(payload)) + payload for payload in payloads).hex()
    box.run(
        frames_written,
        payloads=[payload.hex() for payload in payloads],
        ran="write_frame of an empty payload, 1 byte, 'Grüße' in UTF-8, and some hundred bytes",
        allowed=lambda seen: same(seen, expected),
        expected=f"the bytes {expected[:60]}... (hexadecimal)",
    )


@scenario
def big_frames_written(answer, sizes):
    """write_frame of payloads of {sizes} bytes into a full pipe, interrupted by a signal each time"""
    from grader.processes.perturb import written

    seen = []
    for size in sizes:
        data = written(lambda fd, size=size: answer.write_frame(fd, letters(size)), interrupted=True)
        seen.append([len(data), hashlib.sha256(data).hexdigest()[:16]])
    return seen


def letters(size):
    return (b"abcdefghijklmnopqrstuvwxyz" * (size // 26 + 1))[:size]


@check(kind="EDGE", points=1, hint="os.write returns how many bytes it took. Who writes the rest?")
def test_writes_all_of_a_big_frame(box):
    """A frame bigger than the pipe arrives whole, even when a signal cuts os.write short."""
    sizes = [65535, 65536, 2**20]

    def arrived(size):
        data = struct.pack(">I", size) + letters(size)
        return [len(data), hashlib.sha256(data).hexdigest()[:16]]

    box.run(
        big_frames_written,
        sizes=sizes,
        allowed=lambda seen: same(seen, [arrived(size) for size in sizes]),
        expected=f"4 bytes of header and all of the payload: {[arrived(size) for size in sizes]}",
    )


@scenario
def frames_read(answer, stream, one_by_one):
    """read_frame until None, from a stream of some frames (as hexadecimal: {stream})"""
    from grader.processes.perturb import filled, trickle

    frames = []
    with (trickle if one_by_one else filled)(bytes.fromhex(stream)) as fd:
        while len(frames) < 20 and (payload := answer.read_frame(fd)) is not None:
            frames.append(bytes(payload).hex())
    return frames


@check(
    kind="EDGE", points=1, hint="os.read(fd, n) gives at most n bytes: go on until you have n, and never ask for more."
)
def test_reads_whole_frames(box):
    """Frames come out one by one, whether the bytes arrive singly or several frames at once."""
    payloads = [b"", b"x", box.random.randbytes(box.random.randint(20, 60)), b"", box.random.randbytes(300)]
    stream = b"".join(struct.pack(">I", len(payload)) + payload for payload in payloads)
    for one_by_one in (False, True):
        box.run(
            frames_read,
            stream=stream.hex(),
            one_by_one=one_by_one,
            ran=f"read_frame until None; {'one byte comes at a time' if one_by_one else 'all five frames are there'}",
            allowed=lambda seen: same(seen, [payload.hex() for payload in payloads]),
            expected=f"payloads of {[len(payload) for payload in payloads]} bytes, unchanged, then None",
        )


@scenario
def ends_read(answer, streams):
    """read_frame from streams (as hexadecimal) that end early: {streams}"""
    from grader.processes.perturb import filled

    return [what_happens(answer.read_frame, filled, bytes.fromhex(stream)) for stream in streams]


def what_happens(read_frame, filled, data):
    """Which it was; a class derived from EOFError is an EOFError. MemoryError: the header was believed."""
    try:
        with filled(data) as fd:
            payload = read_frame(fd)
    except EOFError:
        return "EOFError"
    except (ValueError, MemoryError) as error:
        return type(error).__name__ if isinstance(error, MemoryError) else "ValueError"
    return "None" if payload is None else f"returned {len(payload)} bytes"


@check(
    kind="EDGE", points="1/2", hint="Nothing at all is an end; a piece of a frame is a tear. How many bytes had you?"
)
def test_tells_the_end_from_a_tear(box):
    """None at a clean end, EOFError inside a frame, ValueError for a frame that is too long."""
    size = box.random.randint(5, 50)
    torn = struct.pack(">I", size) + box.random.randbytes(size - 1)
    longest, longer = struct.pack(">I", 2**24), struct.pack(">I", 2**24 + 1)
    box.run(
        ends_read,
        streams=[stream.hex() for stream in (b"", torn, torn[:4], torn[:2], longest, longer + b"x", b"\xff" * 6)],
        ran="read_frame from streams: nothing; one byte short; header only; half a header; a header of 2**24; of more",
        allowed=lambda seen: same(seen, ["None", *["EOFError"] * 4, "ValueError", "ValueError"]),
        expected="None for nothing; EOFError for the next four; ValueError for more than 2**24",
    )


@scenario
def talks(answer, rounds):
    """ping_pong with {rounds} rounds, one talk after the other"""
    return [answer.ping_pong(number) for number in rounds]


def pongs(rounds):
    return [[["pong", place] for place in range(number)] for number in rounds]


@check(kind="LIVE", points=1, hint="A forked child has copies of both ends. Which of them does it need?")
def test_talks_under_fork(box):
    """ping_pong gives every answer in order and comes back, when the child is forked."""
    rounds = [0, 1, 100, box.random.randint(1500, 2500)]
    box.run(
        talks,
        rounds=rounds,
        start_method="fork",
        allowed=lambda seen: same(seen, pongs(rounds)),
        expected="('pong', 0), ('pong', 1), ... for each talk",
    )


@check(
    kind="LIVE",
    points="1/2",
    hint="A spawned child imports your file anew: its function is at the top level, and which ends do you pass?",
)
def test_talks_under_spawn(box):
    """ping_pong works when the child is spawned."""
    rounds = [box.random.randint(2, 9)]
    box.run(
        talks,
        rounds=rounds,
        start_method="spawn",
        allowed=lambda seen: same(seen, pongs(rounds)),
        expected="('pong', 0), ('pong', 1), ...",
    )


@scenario
def exit_codes_of_a_talk(answer, rounds):
    """ping_pong({rounds}); then: which processes were started, how did they end, what is still open?"""
    from grader.processes.children import Children

    with Children() as children:
        answer.ping_pong(rounds)
    return {"exit codes": children.exit_codes()}


@check(
    kind="CLEAN", points=1, hint="What tells the child to end? The parent closes its end; then it waits with join()."
)
def test_leaves_nothing_behind(box):
    """One child, which ends by itself with exit code 0; it is joined, and every end is closed."""
    box.run(
        exit_codes_of_a_talk,
        rounds=box.random.randint(2, 5),
        start_method="fork",
        leftovers="fail",
        allowed=lambda seen: same(seen, {"exit codes": [0]}) or same(seen, {"exit codes": [None]}),
        expected="one child with exit code 0, joined; no descriptor, no process left",
    )


@scenario
def talk_with_a_dead_child(answer, rounds):
    """ping_pong({rounds}) with a child that dies as soon as it has been started"""
    from grader.processes.children import Children

    def strike(process):
        process.kill()
        process.join()

    with Children(meddle=strike):
        try:
            answer.ping_pong(rounds)
        except (EOFError, OSError):
            return "noticed"
    return "not noticed"


@check(
    kind="LIVE", points="1/2", hint="Your own copy of the child's end keeps the line open, even when the child is gone."
)
def test_notices_a_dead_child(box):
    """When the child dies, ping_pong raises EOFError or OSError instead of waiting for ever."""
    box.run(
        talk_with_a_dead_child,
        rounds=3,
        start_method="fork",
        allowed=lambda seen: same(seen, "noticed"),
        expected="EOFError or OSError comes out of ping_pong",
    )


@scenario
def served(answer, requests):
    """serve in a spawned child, with a handler that raises for odd numbers; the requests {requests}, then the end"""
    mine, theirs = Pipe()
    child = multiprocessing.Process(target=answer.serve, args=(theirs, ten_times_unless_odd))
    child.start()
    theirs.close()
    answers = []
    try:
        for request in requests:
            mine.send(request)
            answers.append(mine.recv())
    except (EOFError, OSError):
        answers.append("the child is gone")
    mine.close()
    child.join()
    return {"answers": answers, "exit code": child.exitcode}


def ten_times_unless_odd(number):
    if number % 2:
        raise ValueError(f"odd: {number}")
    return number * 10


@check(kind="EXC", points=1, hint="Only recv may end the loop; what the handler raises is caught inside it.")
def test_serve_survives_its_handler(box):
    """serve answers ('ok', ...) and ('err', repr), goes on after an error, and returns at the end of the stream."""
    even, odd, last = (2 * box.random.randint(1, 99) + more for more in (0, 1, 0))
    answers = [["ok", even * 10], ["err", f"ValueError('odd: {odd}')"], ["ok", last * 10], ["ok", 0]]
    box.run(
        served,
        requests=[even, odd, last, 0],
        start_method="spawn",
        allowed=lambda seen: same(seen, {"answers": answers, "exit code": 0}),
        expected=f"{answers}, and the child ends with exit code 0",
    )
