# tier: full
import socket
import tempfile


def f():
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{folder}/socket")
        server.listen()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(f"{folder}/socket")
            connection, _ = server.accept()
            with connection:
                client.sendall(b"42")
                return int(connection.recv(100))
