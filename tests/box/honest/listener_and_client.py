# tier: full
import threading
from multiprocessing.connection import Client, Listener


def f():
    with Listener(authkey=b"key") as listener:

        def serve():
            with listener.accept() as connection:
                connection.send(6 * connection.recv())

        thread = threading.Thread(target=serve)
        thread.start()
        with Client(listener.address, authkey=b"key") as client:
            client.send(7)
            told = client.recv()
        thread.join()
    return told
