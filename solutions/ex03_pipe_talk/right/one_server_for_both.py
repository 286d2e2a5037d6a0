"""ping_pong is a client of serve; two one-way pipes; frames through an unbuffered file and one memoryview."""

import multiprocessing
import os


def ping_pong(rounds):
    to_child, from_parent, to_parent, from_child = ends = one_way() + one_way()
    child = Child(ends)
    with to_child, from_child:
        child.start()
        from_parent.close()
        to_parent.close()
        try:
            answers = [asked(to_child, from_child, i) for i in range(rounds)]
        finally:
            to_child.close()
            child.join()
    child.close()
    return answers


def one_way():
    reading, writing = multiprocessing.Pipe(duplex=False)
    return writing, reading


def asked(to_child, from_child, i):
    to_child.send(("ping", i))
    _, answer = from_child.recv()
    return answer


class Child(multiprocessing.Process):
    def __init__(self, ends):
        super().__init__()
        self.ends = ends

    def run(self):
        to_child, from_parent, to_parent, from_child = self.ends
        to_child.close()
        from_child.close()
        with from_parent, to_parent:
            serve(Both(from_parent, to_parent), pong)


class Both:
    """Two one-way ends that look like one end of a duplex pipe."""

    def __init__(self, reading, writing):
        self.recv = reading.recv
        self.send = writing.send


def pong(message):
    _, i = message
    return ("pong", i)


def serve(conn, handler):
    for request in iter(lambda: received(conn), END):
        conn.send(handled(handler, request))


END = object()


def received(conn):
    try:
        return conn.recv()
    except EOFError:
        return END


def handled(handler, request):
    try:
        return "ok", handler(request)
    except Exception as error:
        return "err", repr(error)


def write_frame(fd, payload):
    with open(fd, "wb", closefd=False) as file:
        file.write(len(payload).to_bytes(4, "big"))
        file.write(payload)


def read_frame(fd):
    with os.fdopen(fd, "rb", buffering=0, closefd=False) as file:
        header = bytearray(4)
        got = fill(file, header)
        if got == 0:
            return None
        size = int.from_bytes(header, "big")
        if got == 4 and size > 1 << 24:
            raise ValueError(size)
        payload = bytearray(size if got == 4 else 0)
        if got < 4 or fill(file, payload) < size:
            raise EOFError("the frame is torn")
        return bytes(payload)


def fill(file, buffer):
    view, got = memoryview(buffer), 0
    while got < len(buffer) and (more := file.readinto(view[got:])):
        got += more
    return got
