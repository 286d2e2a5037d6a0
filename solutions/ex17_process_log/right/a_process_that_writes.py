"""A single writer for both: a process of its own takes lines out of a SimpleQueue until it is told to end."""

import multiprocessing


def _record(process, number):
    return f"{process}:{number}:".ljust(8192 if number % 2 else 64, "abcdefgh"[process % 8])


def run_logged(n_procs, lines_each, path):
    with LogServer(path) as server:
        children = []
        for process in range(n_procs):
            child = multiprocessing.Process(target=send, args=(server.handle(), process, lines_each))
            child.start()
            children.append(child)
        for child in children:
            child.join()


def send(handle, process, lines_each):
    for number in range(lines_each):
        handle.write(_record(process, number))


def listen(lines, path):
    with open(path, "a") as file:
        for line in iter(lines.get, None):
            print(line, file=file)


class Handle:
    def __init__(self, lines):
        self.write = lines.put


class LogServer:
    def __init__(self, path):
        self.path = path
        self.lines = None
        self.writer = None

    def __enter__(self):
        self.lines = multiprocessing.SimpleQueue()
        self.writer = multiprocessing.Process(target=listen, args=(self.lines, self.path))
        self.writer.start()
        return self

    def __exit__(self, *exc):
        self.lines.put(None)
        self.writer.join()
        self.lines.close()

    def handle(self):
        return Handle(self.lines)
