# fails: talks_under_spawn (crash)
# the child's function is defined inside ping_pong: a spawned child cannot find it

import multiprocessing
import os
import struct


def ping_pong(rounds):
    parent_end, child_end = multiprocessing.Pipe()

    def answering(parent_end, child_end):
        parent_end.close()
        while True:
            try:
                _, i = child_end.recv()
            except EOFError:
                return
            child_end.send(("pong", i))

    child = multiprocessing.Process(target=answering, args=(parent_end, child_end))
    child.start()
    child_end.close()
    answers = []
    try:
        for i in range(rounds):
            parent_end.send(("ping", i))
            answers.append(parent_end.recv())
    finally:
        parent_end.close()
        child.join()
    return answers


def serve(conn, handler):
    while True:
        try:
            x = conn.recv()
        except EOFError:
            return
        try:
            reply = ("ok", handler(x))
        except Exception as e:
            reply = ("err", repr(e))
        conn.send(reply)


def write_frame(fd, payload):
    data = struct.pack(">I", len(payload)) + payload
    while data:
        data = data[os.write(fd, data) :]


def read_frame(fd):
    header = exactly(fd, 4)
    if not header:
        return None
    if len(header) < 4:
        raise EOFError("torn header")
    (n,) = struct.unpack(">I", header)
    if n > 2**24:
        raise ValueError("frame too long")
    payload = exactly(fd, n)
    if len(payload) < n:
        raise EOFError("torn frame")
    return payload


def exactly(fd, n):
    data = b""
    while len(data) < n:
        piece = os.read(fd, n - len(data))
        if not piece:
            break
        data += piece
    return data
