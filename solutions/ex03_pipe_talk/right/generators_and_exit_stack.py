"""The child gets both ends and hands its own to a generator; frames are moved a little at a time."""

from contextlib import ExitStack, closing
from multiprocessing import Pipe, Process
from os import read, write
from struct import error, pack, unpack

BITE = 1000


def ping_pong(rounds):
    ours, theirs = Pipe()
    with ExitStack() as on_leaving:
        child = Process(target=echo, args=(ours, theirs))
        child.start()
        on_leaving.callback(child.join)
        on_leaving.enter_context(closing(ours))
        theirs.close()
        return list(volleys(ours, rounds))


def volleys(ours, rounds):
    for ball in range(rounds):
        ours.send(("ping", ball))
        yield ours.recv()


def echo(ours, theirs):
    ours.close()
    with closing(theirs):
        for _, ball in incoming(theirs):
            theirs.send(("pong", ball))


def incoming(conn):
    while True:
        try:
            message = conn.recv()
        except EOFError:
            return
        yield message


def serve(conn, handler):
    for request in incoming(conn):
        try:
            answer = ("ok", handler(request))
        except Exception as problem:
            answer = ("err", repr(problem))
        conn.send(answer)


def write_frame(fd, payload):
    put(fd, pack("!L", len(payload)))
    put(fd, payload)


def put(fd, data):
    done = 0
    while done < len(data):
        done += write(fd, data[done : done + BITE])


def read_frame(fd):
    pieces = list(take(fd, 4))
    if not pieces:
        return None
    try:
        (size,) = unpack("!L", b"".join(pieces))
    except error:
        raise EOFError("half a header") from None
    if size > 0x1000000:
        raise ValueError(f"{size} bytes in one frame")
    payload = b"".join(take(fd, size))
    if len(payload) != size:
        raise EOFError("half a frame")
    return payload


def take(fd, left):
    while left:
        piece = read(fd, min(left, BITE))
        if not piece:
            return
        yield piece
        left -= len(piece)
