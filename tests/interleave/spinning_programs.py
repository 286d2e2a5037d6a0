"""Generated Python programs with loops that do nothing but look, explored by the engine, against a walk through every
state of the same program on the abstract machine: there one more round leads back to the same state.

    python tests/interleave/spinning_programs.py [COUNT] [FIRST]        # 2,000 from seed 0

Exit code 1 and the seed when what is called proven has other outcomes, or what is not has outcomes that there are not.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from abstract_machine import Instruction, all_outcomes  # noqa: E402
from running import program  # noqa: E402

from grader.interleave import explorer  # noqa: E402

EXECUTIONS = 3000
ENDLESS = 100
"""Executions where somebody may go round for ever: nothing is proven then."""


class Statement(NamedTuple):
    """The same in both languages."""

    text: str
    code: list[Instruction]


def read(cell: str, register: str) -> Statement:
    return Statement(f"{register} = box.{cell}", [("read", cell, register)])


def write(cell: str, number: int) -> Statement:
    return Statement(f"box.{cell} = {number}", [("write", cell, number)])


def write_sum(cell: str, register: str) -> Statement:
    return Statement(f"box.{cell} = {register} + 1", [("write_sum", cell, register, 1)])


def locked(inside: Statement) -> Statement:
    return Statement(f"with lock:\n   {inside.text}", [("acquire", "L"), *inside.code, ("release", "L")])


def until(cell: str, number: int) -> Statement:
    return Statement(f"while box.{cell} != {number}: pass", [("read", cell, "s"), ("again", "s", number, 1)])


def until_either(one: str, first: int, other: str, second: int) -> Statement:
    return Statement(
        f"while box.{one} != {first} and box.{other} != {second}: pass",
        [
            ("read", one, "s"), ("unless", "s", first, 1), ("unless", "never", 1, 2),
            ("read", other, "s"), ("again", "s", second, 4),
        ],
    )  # fmt: skip


def until_both(one: str, first: int, other: str, second: int) -> Statement:
    return Statement(
        f"while box.{one} != {first} or box.{other} != {second}: pass",
        [("read", one, "s"), ("again", "s", first, 1), ("read", other, "s"), ("again", "s", second, 3)],
    )


def generate_statement(random: Random) -> Statement:
    cell, register = random.choice("xxy"), random.choice("ab")
    plain = random.choice([read(cell, register), write(cell, random.randint(1, 2)), write_sum(cell, register)])
    return locked(plain) if random.random() < 0.2 else plain


def generate_wait(random: Random) -> Statement:
    one, other = random.sample("xy", 2)
    first, second = random.randint(0, 2), random.randint(0, 2)
    waits = [until(one, max(first, 1)), until_either(one, first, other, second), until_both(one, first, other, second)]
    wait = random.choice(waits)
    return locked(wait) if random.random() < 0.1 else wait


def generate_flag_wait(random: Random, flag: str) -> Statement:
    other, number = random.choice("xy"), random.randint(0, 2)
    return random.choice([until(flag, 1), until_either(flag, 1, other, number), until_either(other, number, flag, 1)])


def generate(random: Random) -> list[list[Statement]]:
    """Two or three threads, at least one of which waits; mostly for what another does, or for one another in turn."""
    threads = [
        [generate_statement(random) for _ in range(random.randint(1, 2))] for _ in range(random.choice((2, 2, 3)))
    ]
    first, second, *_ = random.sample(threads, len(threads))
    way = random.random()
    if way < 0.4:
        insert(random, first, write("z", 1))
        insert(random, second, generate_flag_wait(random, "z"))
    elif way < 0.7:
        first += [write("z", 1), generate_flag_wait(random, "w")]
        second[:0] = [generate_flag_wait(random, "z")]
        insert(random, second, write("w", 1), after=1)
    else:
        for code in threads if way < 0.85 else [first]:
            insert(random, code, generate_wait(random))
    return threads


def insert(random: Random, code: list[Statement], statement: Statement, after: int = 0) -> None:
    code.insert(random.randint(after, len(code)), statement)


def text_of(threads: list[list[Statement]]) -> str:
    lines = [
        "class Box: x = y = z = w = 0",
        "def s(answer):",
        f" box, lock, seen = Box(), threading.Lock(), [None] * {len(threads)}",
    ]
    for number, code in enumerate(threads):
        body = [f"  {statement.text}" for statement in code]
        lines += [f" def t{number}():", "  a = b = 0", *body, f"  seen[{number}] = (a, b)"]
    names = ", ".join(f"t{number}" for number in range(len(threads)))
    return "\n".join([*lines, f" together({names})", " return [box.x, box.y, seen]"]) + "\n"


def outcomes_by_states(threads: list[list[Statement]]) -> set[str]:
    code = [[one for statement in thread for one in statement.code] for thread in threads]
    main = [("start", number + 1) for number in range(len(threads))]
    found = set()
    for ending, value in all_outcomes([main, *code]):
        told = ""
        if ending == "done":
            cells, registers, _ = value
            cell, register = dict(cells), dict(registers)
            pairs = [[register.get((number + 1, name), 0) for name in "ab"] for number in range(len(threads))]
            told = f" {[cell.get('x', 0), cell.get('y', 0), pairs]}"
        found.add(ending + told)
    return found


def differs(seed: int) -> tuple[str, bool]:
    """What is different about the program of this seed, "" when nothing is; whether it was proven."""
    threads = generate(Random(seed))
    wanted, found = outcomes_by_states(threads), set()

    def note(one: explorer.Outcome) -> bool:
        ending = "busy-wait" if one.ending == "livelock" else one.ending
        found.add(ending + (f" {one.value}" if ending == "done" else ""))
        return True

    plan = explorer.Plan(executions=ENDLESS if "busy-wait" in wanted else EXECUTIONS, steps=2000)
    coverage = explorer.explore(program(text_of(threads)), "s", {}, plan, note)
    if coverage.exhausted and found != wanted:
        return f"{text_of(threads)}proven, but {sorted(found ^ wanted)}", True
    if not found <= wanted:
        return f"{text_of(threads)}never: {sorted(found - wanted)}", False
    return "", coverage.exhausted


def main(count: int, first: int) -> int:
    wrong = proven = 0
    for seed in range(first, first + count):
        why, sure = differs(seed)
        proven += sure
        wrong += bool(why)
        if why:
            print(f"seed {seed}: {why}", flush=True)
    print(f"{count} programs from seed {first}, {proven} proven, {wrong} differences")
    return bool(wrong)


if __name__ == "__main__":
    asked = [int(one) for one in sys.argv[1:]]
    sys.exit(main(*(asked + [2_000, 0][len(asked) :])))
