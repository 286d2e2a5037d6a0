import socket
import threading


def f():
    one, other = socket.socketpair()
    with one, other:
        thread = threading.Thread(target=lambda: other.sendall(other.recv(100)))
        thread.start()
        one.sendall(b"42")
        told = one.recv(100)
        thread.join()
    return int(told)
