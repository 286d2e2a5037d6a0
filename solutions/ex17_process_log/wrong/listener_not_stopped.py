# fails: server_loses_nothing (wrong), works_under_spawn_and_forkserver (wrong), leaves_nothing_behind (leak), server_ends_when_the_block_raises (wrong, leak)
# nobody tells the listener that it is over, and what is in its file's buffer stays there

import multiprocessing
import threading


def _record(process, number):
    return f"{process}:{number}:".ljust(8192 if number % 2 else 64, "abcdefgh"[process % 8])


def run_logged(n_procs, lines_each, path):
    lock = multiprocessing.Lock()
    children = [multiprocessing.Process(target=write_records, args=(p, lines_each, path, lock)) for p in range(n_procs)]
    for child in children:
        child.start()
    for child in children:
        child.join()


def write_records(process, lines_each, path, lock):
    with open(path, "a") as file:
        for number in range(lines_each):
            with lock:
                file.write(_record(process, number))
                file.write("\n")
                file.flush()


class Handle:
    def __init__(self, lines):
        self.lines = lines

    def write(self, line):
        self.lines.put(line)


class LogServer:
    def __init__(self, path):
        self.path = path

    def __enter__(self):
        self.lines = multiprocessing.Queue()
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()
        return self

    def __exit__(self, *exc):
        pass

    def handle(self):
        return Handle(self.lines)

    def listen(self):
        with open(self.path, "a", buffering=2**20) as file:
            while (line := self.lines.get()) is not None:
                file.write(line + "\n")
