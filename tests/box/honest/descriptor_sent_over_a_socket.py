import os
import socket


def f():
    one, other = socket.socketpair()
    reading, writing = os.pipe()
    with one, other:
        socket.send_fds(one, [b"x"], [writing])
        _, (received,), _, _ = socket.recv_fds(other, 1, 1)
    os.write(received, b"42")
    os.close(writing)
    os.close(received)
    with os.fdopen(reading) as file:
        return int(file.read())
