import os
import tempfile


def f():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/fifo"
        os.mkfifo(path)
        pid = os.fork()
        if pid == 0:
            with open(path, "w") as file:
                file.write("42")
            os._exit(0)
        with open(path) as file:
            text = file.read()
        os.waitpid(pid, 0)
    return int(text)
