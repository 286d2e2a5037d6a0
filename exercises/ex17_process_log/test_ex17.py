"""The public checks of ex17. The order of the processes is controlled, up to every single write to the system."""

from __future__ import annotations

import multiprocessing
import os

from grader.checks import check, scenario


@scenario
def log_of(answer, n_procs, lines_each, before):
    """run_logged({n_procs}, {lines_each}, path) with a file that already holds {before}"""
    with open("log.txt", "w", encoding="utf-8") as file:
        file.write(before)
    answer.run_logged(n_procs, lines_each, "log.txt")
    return lines_of("log.txt")


def lines_of(path):
    """Each line as what it is: [process, number] when it is whole, else its beginning and length."""
    if not os.path.exists(path):
        return ["no file"]
    with open(path, encoding="utf-8") as file:
        return [name_of(line.removesuffix("\n")) for line in file]


def name_of(line):
    process, _, rest = line.partition(":")
    number = rest.partition(":")[0]
    if process.isdigit() and number.isdigit() and line == line_of(int(process), int(number)):
        return [int(process), int(number)]
    return f"{line[:12]}... of {len(line)} characters"


def line_of(process, number):
    return f"{process}:{number}:".ljust(8192 if number % 2 else 64, "abcdefgh"[process % 8])


def is_complete(seen, n_procs, lines_each, before=()):
    """Nothing but whole lines, all of them, each process's in order."""
    mine = seen[len(before) :]
    every = [[process, number] for process in range(n_procs) for number in range(lines_each)]
    ordered = all([line for line in mine if line[0] == process] == every[process * lines_each :][:lines_each]
                  for process in range(n_procs))  # fmt: skip
    return seen[: len(before)] == list(before) and sorted(mine) == every and ordered


@check(
    kind="EDGE", points="1/2", hint='Who is through when run_logged returns? And what does the mode "w" do to a file?'
)
def test_writes_every_record(box):
    """Every process appends all of its records, in order; also no process, no records, a file that exists."""
    for n_procs, lines_each in ((2, box.random.randint(3, 5)), (0, 2), (1, 0)):
        box.explore(
            log_of,
            n_procs=n_procs,
            lines_each=lines_each,
            before="first of all\n",
            processes="fork",
            executions=1,
            allowed=lambda seen, n=n_procs, each=lines_each: is_complete(
                seen, n, each, ["first of all... of 12 characters"]
            ),
            expected=f"the line that was there, then {n_procs} x {lines_each} whole lines",
        )


@check(
    kind="SAFE",
    points=1,
    hint="One line is one write to the system, or several under one lock that all processes share.",
)
def test_lines_stay_whole(box):
    """In every order in which two processes write, each line is whole and none is lost."""
    box.explore(
        log_of,
        n_procs=2,
        lines_each=2,
        before="",
        processes="fork",
        executions=12,
        allowed=lambda seen: is_complete(seen, 2, 2),
        expected="4 whole lines, [process, number], each process's in order",
    )


@scenario
def served(answer, n_procs, lines_each):
    """LogServer with {n_procs} processes; each writes {lines_each} lines through a handle of its own"""
    with answer.LogServer("log.txt") as server:
        children = [
            multiprocessing.Process(target=write_lines, args=(server.handle(), process, lines_each))
            for process in range(n_procs)
        ]
        for child in children:
            child.start()
        for child in children:
            child.join()
    return lines_of("log.txt")


def write_lines(handle, process, lines_each):
    for number in range(lines_each):
        handle.write(line_of(process, number))


@check(
    kind="SAFE", points="1/2", hint="An end that is put into the queue comes after everything that was put in before."
)
def test_server_loses_nothing(box):
    """What processes have written through their handles is in the file at the end of the block, in every order."""
    box.explore(
        served,
        n_procs=2,
        lines_each=2,
        processes="fork",
        executions=7,
        allowed=lambda seen: is_complete(seen, 2, 2),
        expected="4 whole lines, [process, number], each process's in order",
    )


@scenario
def both(answer, lines_each):
    """run_logged with one process, then LogServer with one: {lines_each} lines each"""
    answer.run_logged(1, lines_each, "own.txt")
    with answer.LogServer("log.txt") as server:
        child = multiprocessing.Process(target=write_lines, args=(server.handle(), 0, lines_each))
        child.start()
        child.join()
    return {"run_logged": lines_of("own.txt"), "LogServer": lines_of("log.txt")}


@check(
    kind="EDGE", points="1/4", hint="A spawned child gets its arguments pickled: no open file, no thread, no lambda."
)
def test_works_under_spawn_and_forkserver(box):
    """run_logged and the handles work, too, when processes are spawned, or forked by a server."""
    lines = box.random.randint(2, 4)
    for method in ("spawn", "forkserver"):
        box.run(
            both,
            lines_each=lines,
            start_method=method,
            ran=f"run_logged(1, {lines}, path), then a LogServer and one process with a handle",
            time_limit=10.0,
            allowed=lambda seen: all(is_complete(seen[name], 1, lines) for name in ("run_logged", "LogServer")),
            expected=f"{lines} whole lines in both files",
        )


@scenario
def log_of_one(answer, lines_each):
    """run_logged(1, {lines_each}, path)"""
    answer.run_logged(1, lines_each, "own.txt")
    return "done"


@scenario
def served_one(answer, lines_each):
    """LogServer and one process that writes {lines_each} lines"""
    with answer.LogServer("log.txt") as server:
        child = multiprocessing.Process(target=write_lines, args=(server.handle(), 0, lines_each))
        child.start()
        child.join()
    return "done"


@check(kind="CLEAN", points="1/2", hint="What you start you stop; what you open you close. Who stops the listener?")
def test_leaves_nothing_behind(box):
    """Afterwards no process, no thread and no open file is left."""
    # One run for each: a process that is started takes away those that ended before and were not joined.
    for scenario_ in (log_of_one, served_one):
        box.run(
            scenario_,
            lines_each=box.random.randint(2, 3),
            start_method="fork",
            leftovers="fail",
            allowed=lambda seen: seen == "done",
            expected="nothing is left behind",
        )
