"""Generated Python programs on the real engine: DPOR, with looks at unwritten data left out, against a walk through
every choice there is; and each outcome again from its schedule, where all looks are steps.

    python tests/interleave/generated_sources.py [COUNT] [FIRST]        # 10,000 from seed 0

Exit code 1 and the seed when the outcomes of a program differ. Programs of more than `MOST` schedules are left out.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from running import program  # noqa: E402

from grader.interleave.conclusions import operations_of  # noqa: E402
from grader.interleave.execution import Execution  # noqa: E402
from grader.interleave.schedule import Replay, deviations  # noqa: E402
from grader.interleave.strategies.dpor import Dpor  # noqa: E402
from grader.interleave.unwritten import Unwritten  # noqa: E402

MOST = 700
STATEMENTS = (
    "box.n += 1", "box.n = len(items)", "items.append(box.n)", "items += [len(items)]", "seen.append(list(items))",
    "seen.append(box.n)", "if items: items.pop()", "if box.n == 0: items.append(7)", "seen.append(sum(d.values()))",
    "d['a'] = box.n", "d |= {'b': box.n}", "items[0] = 5 if items else 6", "seen.append(str(items))",
    "first, *rest = items", "setattr(box, 'n', 4)", "with lock: box.n += 1", "with lock: items.append(box.n)",
    "seen.append(lock.acquire(False) and (lock.release() or 1))", "for x in items: seen.append(x)",
    "seen.append([x for x in view])", "jobs.put(box.n)", "seen.append(jobs.get())", "list.append(items, 3)",
    "seen.append(max(box.n, len(items)))", "gate.acquire()", "gate.release()", "with gate: seen.append(box.n)",
    "seen.append(gate.acquire(False))", "ready.set()", "seen.append(ready.wait() and box.n)", "seen.append(table[0])",
    "seen.append(lock.locked())", "seen.append(jobs.qsize())", "seen.append(ready.is_set())",
    "seen.append([one.is_alive() for one in threads])", "seen.append([x + box.n for x in table])",
    "for x, y in zip(table, items): seen.append(x + y)",
)  # fmt: skip


class EveryChoice:
    """Depth first through all choices of all threads, equivalent or not."""

    def __init__(self) -> None:
        self._path: list[int] = []
        self._left: list[list[int]] = []
        self.runs = 0

    def begin(self) -> bool:
        while self.runs and self._left and not self._left[-1]:
            self._left.pop()
            self._path.pop()
        if self.runs:
            if not self._left:
                return False
            self._path[-1] = self._left[-1].pop()
        self._depth = 0
        self.runs += 1
        return True

    def choose(self, runnable, pending, current):
        if self._depth == len(self._path):
            self._path.append(runnable[0])
            self._left.append(list(runnable[1:]))
        self._depth += 1
        return self._path[self._depth - 1]

    def end(self, execution):
        """Nothing to learn."""


def generate(random: Random, statements: Sequence[str] = STATEMENTS) -> str:
    """A scenario: two threads, one or two of `statements` each."""
    lengths = random.choice([(1, 1), (1, 1), (1, 2), (2, 1)])
    lines = [
        "class Box: pass",
        "def s(answer):",
        " box, items, seen, d, lock = Box(), [1], [], {'a': 1}, threading.Lock()",
    ]
    lines += [" box.n, view, jobs, table = 0, d.keys(), queue.Queue(), [3, 4]"]
    lines += [" gate, ready = threading.Semaphore(1), threading.Event()"]
    for place, length in enumerate(lengths):
        lines += [f" def work{place}():", "  nonlocal items, d"]
        lines += [f"  {random.choice(statements)}" for _ in range(length)]
    works = [f"work{place}" for place in range(len(lengths))]
    lines += [f" threads = [threading.Thread(target=work) for work in ({', '.join(works)})]"]
    lines += [" for thread in threads: thread.start()", " for thread in threads: thread.join()"]
    return "\n".join([*lines, " return [box.n, items, seen, d]"]) + "\n"


Outcome = tuple[str, str, str]


def outcome(execution: Execution) -> Outcome:
    errors = sorted((one.type, one.message) for one in execution.thread_errors)
    return execution.ending, repr(execution.value), repr(errors)


def every_outcome(body: str) -> set[Outcome] | None:
    """What can happen; None when there are too many schedules."""
    made, found, strategy = program(body), set(), EveryChoice()
    main = made.execution("s", {})
    while strategy.begin():
        found.add(outcome(made.engine.run(main, strategy)))
        if strategy.runs == MOST:
            return None
    return found


def found_outcomes(body: str) -> dict[Outcome, Execution]:
    """What DPOR finds, each with an execution that ended so. Raises AssertionError when it goes astray."""
    made, unwritten = program(body), Unwritten()
    main = made.execution("s", {})
    while True:
        found, dpor, unwritten.mistaken = {}, Dpor(), False
        while not unwritten.mistaken and dpor.begin():
            execution = made.engine.run(main, dpor, unwritten=unwritten)
            if not execution.abandoned:
                found.setdefault(outcome(execution), execution)
        assert not dpor.strayed, "went astray"
        if not unwritten.mistaken:
            return found


def again(body: str, execution: Execution) -> Outcome:
    """What follows from the schedule of `execution`."""
    made, replay = program(body), Replay(deviations(operations_of(execution)))
    replay.begin()
    return outcome(made.engine.run(made.execution("s", {}), replay))


def differs(seed: int) -> str | None:
    """What is different about the program of this seed; "" when nothing is, None when it was left out."""
    body = generate(Random(seed))
    wanted = every_outcome(body)
    if wanted is None:
        return None
    found = found_outcomes(body)
    if found.keys() != wanted:
        return f"{wanted ^ found.keys()}\n{body}"
    strange = [one for one, execution in found.items() if again(body, execution) != one]
    return f"not the same again: {strange}\n{body}" if strange else ""


def main(count: int, first: int) -> int:
    said = {seed: differs(seed) for seed in range(first, first + count)}
    for seed, why in said.items():
        if why:
            print(f"seed {seed}: {why}")
    left_out = sum(why is None for why in said.values())
    wrong = sum(bool(why) for why in said.values())
    print(f"{count} programs from seed {first}: {left_out} left out, {wrong} differences")
    return bool(wrong)


if __name__ == "__main__":
    asked = [int(one) for one in sys.argv[1:]]
    sys.exit(main(*(asked + [10_000, 0][len(asked) :])))
