# fails: writes_every_record (wrong), lines_stay_whole (race, wrong), works_under_spawn_and_forkserver (wrong)
# takes an empty queue for the end, while the processes have not even begun

import multiprocessing
import threading


def _record(process, number):
    return f"{process}:{number}:".ljust(8192 if number % 2 else 64, "abcdefgh"[process % 8])


def run_logged(n_procs, lines_each, path):
    lines = multiprocessing.Queue()
    children = [multiprocessing.Process(target=send_records, args=(p, lines_each, lines)) for p in range(n_procs)]
    for child in children:
        child.start()
    with open(path, "a") as file:
        while not lines.empty():
            file.write(lines.get() + "\n")
    for child in children:
        child.join()


def send_records(process, lines_each, lines):
    for number in range(lines_each):
        lines.put(_record(process, number))


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
        self.listener = threading.Thread(target=self.listen)
        self.listener.start()
        return self

    def __exit__(self, *exc):
        self.lines.put(None)
        self.listener.join()
        self.lines.close()
        self.lines.join_thread()

    def handle(self):
        return Handle(self.lines)

    def listen(self):
        with open(self.path, "a") as file:
            while (line := self.lines.get()) is not None:
                file.write(line + "\n")
