# tier: full
import socket


def f():
    with (
        socket.create_server(("::1", 0), family=socket.AF_INET6) as server,
        socket.create_connection(server.getsockname()[:2]) as client,
    ):
        connection, _ = server.accept()
        with connection:
            client.sendall(b"42")
            return int(connection.recv(100))
