"""A tiny machine that runs threads of abstract instructions under a strategy: a double for the engine.

A program is a list of threads; a thread is a list of instructions:

    ("read", cell, register)          ("write", cell, number)        ("write_sum", cell, register, number)
    ("acquire", lock)                 ("release", lock)              ("try", lock, register)
    ("put", queue)                    ("get", queue)                 ("start", thread)   ("join", thread)
    ("unless", register, number, n)   skip the next n unless the register holds the number; takes no step
    ("again", register, number, n)    go back n unless the register holds the number; takes no step
    ("stop",)                         the program ends when this has been done, whoever still runs

Thread 0 runs from the beginning, the others once they are started. Since a state of the machine is a small value, all
outcomes of a program can be found by walking its states one by one: the oracle for every search.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from grader.interleave.operations import Operation
from grader.interleave.strategies import Strategy

Instruction = tuple
Program = list[list[Instruction]]
KINDS = {"write_sum": "write", "put": "notify", "get": "wait"}
LIMIT = 500


@dataclass
class Execution:
    """What one run was; the fields that strategies and their wrappers may look at."""

    ending: str
    value: object
    pending: dict[int, Operation]
    choices: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)


class Machine:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.places = [0] * len(program)
        self.started = [0]
        self.cells: dict[str, int] = {}
        self.registers: dict[tuple[int, str], int] = {}
        self.holders: dict[str, int] = {}
        self.stopped = False
        self.settle(0)

    def copy(self) -> Machine:
        other = object.__new__(Machine)
        other.program, other.places, other.started = self.program, self.places[:], self.started[:]
        other.cells, other.registers, other.holders = self.cells.copy(), self.registers.copy(), self.holders.copy()
        other.stopped = self.stopped
        return other

    def state(self) -> tuple:
        values = (frozenset(part.items()) for part in (self.cells, self.registers, self.holders))
        return (tuple(self.places), frozenset(self.started), self.stopped, *values)

    def settle(self, thread: int) -> None:
        """Do what takes no step: jumps."""
        code = self.program[thread]
        while self.places[thread] < len(code) and code[self.places[thread]][0] in ("unless", "again"):
            name, register, number, count = code[self.places[thread]]
            holds = self.registers.get((thread, register), 0) == number
            self.places[thread] += 1 if holds else -count if name == "again" else 1 + count

    def alive(self, thread: int) -> bool:
        return self.places[thread] < len(self.program[thread])

    def instruction(self, thread: int) -> Instruction:
        return self.program[thread][self.places[thread]]

    def can_run(self, thread: int) -> bool:
        name, *arguments = self.instruction(thread)
        if name == "acquire":
            return arguments[0] not in self.holders
        if name == "get":
            return self.cells.get(arguments[0], 0) > 0
        if name == "join":
            return not self.alive(arguments[0])
        return True

    def runnable(self) -> list[int]:
        return (
            []
            if self.stopped
            else [thread for thread in sorted(self.started) if self.alive(thread) and self.can_run(thread)]
        )

    def step(self, thread: int) -> None:
        name, *arguments = self.instruction(thread)
        getattr(self, "do_" + name)(thread, *arguments)
        self.places[thread] += 1
        self.settle(thread)

    def do_read(self, thread: int, cell: str, register: str) -> None:
        self.registers[thread, register] = self.cells.get(cell, 0)

    def do_write(self, thread: int, cell: str, number: int) -> None:
        self.cells[cell] = number

    def do_write_sum(self, thread: int, cell: str, register: str, number: int) -> None:
        self.cells[cell] = self.registers.get((thread, register), 0) + number

    def do_acquire(self, thread: int, lock: str) -> None:
        self.holders[lock] = thread

    def do_release(self, thread: int, lock: str) -> None:
        self.holders.pop(lock, None)

    def do_try(self, thread: int, lock: str, register: str) -> None:
        self.registers[thread, register] = int(lock not in self.holders)
        self.holders.setdefault(lock, thread)

    def do_put(self, thread: int, queue: str) -> None:
        self.cells[queue] = self.cells.get(queue, 0) + 1

    def do_get(self, thread: int, queue: str) -> None:
        self.cells[queue] -= 1

    def do_start(self, thread: int, child: int) -> None:
        self.started.append(child)
        self.settle(child)

    def do_join(self, thread: int, other: int) -> None:
        pass

    def do_stop(self, thread: int) -> None:
        self.stopped = True

    def outcome(self) -> tuple[str, object]:
        ending = "done" if self.stopped or not any(self.alive(thread) for thread in self.started) else "deadlock"
        blocked = tuple(thread for thread in sorted(self.started) if self.alive(thread)) if ending == "deadlock" else ()
        return ending, (tuple(sorted(self.cells.items())), tuple(sorted(self.registers.items())), blocked)


def keys_of(program: Program) -> dict[object, int]:
    """A number for each thing that instructions touch; threads are things, too."""
    names: dict[object, int] = {("thread", thread): thread for thread in range(len(program))}
    for code in program:
        for name, *arguments in code:
            if name not in ("start", "join", "unless", "again", "stop"):
                names.setdefault(arguments[0], len(names))
    return names


def operation_of(machine: Machine, thread: int, keys: dict[object, int]) -> Operation:
    name, *arguments = machine.instruction(thread)
    if name == "stop":
        return Operation(thread, "end", thread, 0)
    key = keys[("thread", arguments[0]) if name in ("start", "join") else arguments[0]]
    return Operation(thread, KINDS.get(name, name), key, 100 * thread + machine.places[thread])


def run(program: Program, strategy: Strategy) -> Execution:
    """One execution, or the part of it that the strategy wanted (ending "abandoned")."""
    machine, keys, current, choices = Machine(program), keys_of(program), -1, []
    ending = ""
    while runnable := machine.runnable():
        pending = {thread: operation_of(machine, thread, keys) for thread in machine.started if machine.alive(thread)}
        current = strategy.choose(runnable, pending, current)
        if current < 0:
            ending = "abandoned"
            break
        choices.append((current, tuple(runnable)))
        machine.step(current)
    pending = {thread: operation_of(machine, thread, keys) for thread in machine.started if machine.alive(thread)}
    ended, value = machine.outcome()
    execution = Execution(ending or ended, value, pending, choices)
    strategy.end(execution)
    return execution


def explore(program: Program, strategy: Strategy, limit: int) -> list[Execution]:
    """Up to `limit` executions."""
    executions: list[Execution] = []
    while len(executions) < limit and strategy.begin():
        executions.append(run(program, strategy))
    return executions


def outcomes_of(executions: list[Execution]) -> set[tuple[str, object]]:
    return {(one.ending, one.value) for one in executions if one.ending != "abandoned"}


def all_outcomes(program: Program) -> set[tuple[str, object]]:
    """Every outcome that any schedule can give, by visiting every state. "busy-wait": some state leads to no end."""
    first = Machine(program)
    before: dict[tuple, list[tuple]] = {first.state(): []}
    waiting, ended, found = [first], [], set()
    while waiting:
        machine = waiting.pop()
        runnable = machine.runnable()
        if not runnable:
            found.add(machine.outcome())
            ended.append(machine.state())
        for thread in runnable:
            after = machine.copy()
            after.step(thread)
            if after.state() not in before:
                before[after.state()] = []
                waiting.append(after)
            before[after.state()].append(machine.state())
    ends = set(ended)
    while ended:
        earlier = set(before[ended.pop()]) - ends
        ends |= earlier
        ended += earlier
    return found if len(ends) == len(before) else found | {("busy-wait", None)}


def generate(random: Random) -> Program:
    """A small program: main starts one to three threads that share cells, locks and a queue."""
    count = random.choice((1, 2, 2, 3))
    threads = [generate_thread(random, random.randint(1, 5 if count < 3 else 3)) for _ in range(count)]
    main: list[Instruction] = [("start", thread) for thread in range(1, count + 1)]
    for _ in range(random.choice((0, 0, 1, 2))):
        main.insert(random.randint(0, len(main)), generate_instruction(random))
    if random.random() < 0.3:
        main += [("join", random.randint(1, count)), generate_instruction(random)]
    if random.random() < 0.15:
        main.append(("stop",))
    return [main, *threads]


def generate_thread(random: Random, length: int) -> list[Instruction]:
    code: list[Instruction] = []
    while len(code) < length:
        if random.random() < 0.25:
            lock = random.choice("LM")
            inside = [generate_instruction(random) for _ in range(random.randint(0, 2))]
            code += [("acquire", lock), *inside, ("release", lock)]
        elif random.random() < 0.1:
            code += [("try", "L", "t"), ("unless", "t", 1, 2), generate_instruction(random), ("release", "L")]
        else:
            code.append(generate_instruction(random))
    return code


def generate_instruction(random: Random) -> Instruction:
    cell, register = random.choice("xxy"), random.choice("ab")
    return random.choice(
        [
            ("read", cell, register),
            ("read", cell, register),
            ("write", cell, random.randint(1, 2)),
            ("write_sum", cell, register, 1),
            ("write_sum", cell, register, 1),
            ("unless", register, random.randint(0, 1), random.randint(1, 2)),
            ("put", "q"),
            ("get", "q"),
        ]
    )
