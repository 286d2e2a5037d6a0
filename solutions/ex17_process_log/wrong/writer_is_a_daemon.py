# fails: writes_every_record (wrong), lines_stay_whole (wrong), works_under_spawn_and_forkserver (wrong), leaves_nothing_behind (leak)
# the one process that writes is a daemon: it is killed with the program, with lines in hand

import multiprocessing
import threading

TOGETHER = 1000


def _record(process, number):
    return f"{process}:{number}:".ljust(8192 if number % 2 else 64, "abcdefgh"[process % 8])


def run_logged(n_procs, lines_each, path):
    lines = multiprocessing.Queue()
    writer = multiprocessing.Process(target=write, args=(path, lines), daemon=True)
    writer.start()
    children = [multiprocessing.Process(target=put_records, args=(p, lines_each, lines)) for p in range(n_procs)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    lines.close()
    lines.join_thread()


def put_records(process, lines_each, lines):
    for number in range(lines_each):
        lines.put(_record(process, number))


def write(path, lines):
    in_hand = []
    while True:
        in_hand.append(lines.get())
        if len(in_hand) == TOGETHER:
            with open(path, "a", encoding="utf-8") as file:
                file.writelines(line + "\n" for line in in_hand)
            in_hand.clear()


class Handle:
    def __init__(self, lines):
        self._lines = lines

    def write(self, line):
        self._lines.put(line)


class LogServer:
    def __init__(self, path):
        self._path = path

    def __enter__(self):
        self._lines = multiprocessing.Queue()
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        return self

    def __exit__(self, *exc):
        self._lines.put(None)
        self._listener.join()
        self._lines.close()
        self._lines.join_thread()

    def handle(self):
        return Handle(self._lines)

    def _listen(self):
        with open(self._path, "a", encoding="utf-8") as file:
            while (line := self._lines.get()) is not None:
                file.write(line + "\n")
