"""Observations in the words of a finding: title, saw, place. No judging here."""

from __future__ import annotations

from typing import Any

from grader.box.protocol import Problem, Ran
from grader.errors import BoxBroke, BoxDied, BoxError, BoxTimeout
from grader.results import Finding, FindingKind
from grader.trace import LockOrder, Outcome, Race, Spin, Stall, Trace

LONGEST_VALUE = 300

KIND_OF_ENDING: dict[str, FindingKind] = {
    "raised": "crash",
    "deadlock": "deadlock",
    "livelock": "livelock",
    "busy-wait": "busy-wait",
    "leak": "leak",
    "uncontrolled": "uncontrolled",
    "timeout": "timeout",
    "died": "crash",
}

TITLE_OF_ENDING = {
    "raised": "an exception escapes",
    "deadlock": "a deadlock: somebody waits for ever",
    "livelock": "it never ends: the threads keep moving and get nowhere",
    "busy-wait": "a busy-wait: a thread spins instead of waiting",
    "leak": "a thread is left behind",
    "uncontrolled": "this cannot be run under the scheduler",
    "timeout": "it did not end in time",
    "died": "the process ended before it had answered",
}

KEYBOARD = "it waits for the keyboard, where nobody is: take input() out"


def ended(outcome: Outcome) -> str:
    """The title for an execution that did not come to its end as it should."""
    asks = outcome.ending == "uncontrolled" and any(": input at " in sentence for sentence in outcome.detail)
    return KEYBOARD if asks else TITLE_OF_ENDING[outcome.ending]


def ran(scenario: Any, arguments: dict[str, Any], said: str, method: str | None = None) -> str:
    """What was run: the author's words, else the scenario's docstring, else its name and arguments. Where processes
    were started, by which `method`."""
    if method:
        return f"{ran(scenario, arguments, said)} (start method {method})"
    if said:
        return said
    text = (scenario.__doc__ or "").strip().split("\n")[0]
    if text:
        try:
            return str(text.format(**arguments))
        except (KeyError, IndexError, ValueError):
            return text
    return f"{scenario.__name__}({', '.join(f'{name}={short(value)}' for name, value in arguments.items())})"


def short(value: Any) -> str:
    """A value as Python writes it, cut where it is longer than a person reads."""
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}... ({len(text)} characters)"


def saw(outcome: Outcome | Ran) -> str:
    """What was seen: the value, or how it ended."""
    if outcome.ending in ("done", "returned"):
        return value_in_words(outcome.value)
    return "; ".join(outcome.detail) or TITLE_OF_ENDING[outcome.ending]


def value_in_words(value: Any) -> str:
    if isinstance(value, dict) and value:
        return ", ".join(f"{name}: {_record(part)}" for name, part in value.items())
    return _record(value)


def _record(value: Any) -> str:
    """A record of `attempt` or `together` as a person says it."""
    if isinstance(value, list) and value and all(_is_record(part) for part in value):
        return ", ".join(_record(part) for part in value)
    if not _is_record(value):
        return short(value)
    if "value" in value:
        return short(value["value"])
    return f"raised {value['raised']}({', '.join(short(arg) for arg in value.get('args', []))})"


def _is_record(value: Any) -> bool:
    return isinstance(value, dict) and set(value) in ({"value"}, {"raised", "args"})


def race_title(trace: Trace, always: bool) -> str:
    if trace.idiom:
        return f"{_article(trace.idiom)} {trace.idiom}"
    return "wrong on every schedule tried" if always else "right on some schedules, wrong on this one"


LOST_UPDATE = "an update is lost, though the result does not show it"


def race_saw(race: Race) -> str:
    """Both sides of a race: who, where, holding what."""
    sides = [
        f"{side.thread} {'writes' if side.operation == 'write' else 'reads'} it at line {side.line} "
        f"({'holding ' + ', '.join(side.locks) if side.locks else 'holding no lock'})"
        for side in (race.first, race.second)
    ]
    return f"{race.target}: {sides[0]}, {sides[1]}, and nothing orders the two ({race.pattern})"


def lock_order_saw(order: LockOrder) -> str:
    """The ring: who takes which lock first, which inside, and what to do about it."""
    files = {name for one in order.nestings for name in (one.outer_file, one.inner_file)}

    def place(file: str, line: int) -> str:
        return f"line {line}" if len(files) == 1 else f"{file}:{line}"

    sides = [
        f"{one.thread} takes {one.outer or 'a lock'} ({place(one.outer_file, one.outer_line)}), "
        f"then {one.inner or 'a lock'} ({place(one.inner_file, one.inner_line)})"
        for one in order.nestings
    ]
    return (
        f"locks are taken in different orders: {'; '.join(sides)}. What each takes second the next has taken first: "
        "they can all wait for ever. No schedule tried ended so, but not all were tried. Take the locks in one order"
    )


def spin_saw(spin: Spin) -> str:
    return f"{spin.thread} spins at line {spin.line}: it looks again and again at what only another thread can change"


def stall_saw(stall: Stall) -> str:
    return f"{stall.thread} blocks at line {stall.line} {stall.how}: no other task can go on, since it does not await"


def box_failure(error: BoxError) -> tuple[FindingKind, str, str]:
    """The kind, the title and what was seen of a box that gave no usable answer. Never a pass."""
    # of a traceback from inside the box, which is no reading for students, only what it comes to
    first, *rest = str(error).strip().splitlines() or [""]
    saw = f"{first} {rest[-1]}" if rest else first
    if isinstance(error, BoxTimeout):
        return "timeout", TITLE_OF_ENDING["timeout"], saw
    if isinstance(error, BoxDied):
        return "crash", TITLE_OF_ENDING["died"], saw
    if isinstance(error, BoxBroke):
        return "crash", "nothing that can be believed came out of the box", saw
    return "crash", "the box gave no answer", saw


KIND_OF_PROBLEM: dict[str, FindingKind] = {"forbidden": "forbidden", "endless": "timeout"}

TITLE_OF_PROBLEM = {
    "syntax": "this is not Python yet",
    "missing": "a name that the exercise asks for is missing",
    "empty": "the file is empty",
    "not-begun": "not begun yet",
    "import": "importing the file raises an exception",
    "exit": "the file ends the program while it is imported",
    "input": "the file waits for the keyboard while it is imported",
    "endless": "importing the file never ends",
    "forbidden": "this exercise is about building what the import brings",
    "died": "the process ended while the file was imported",
}


def refusal(problem: Problem) -> Finding:
    """Why no check could run: the answer itself cannot be loaded. The file is named by `ran` and by the message."""
    text = problem.text.strip()
    shown = f"line {problem.line}: {text}\n" if problem.line and text else ""
    return Finding(
        kind=KIND_OF_PROBLEM.get(problem.kind, "crash"),
        title=TITLE_OF_PROBLEM[problem.kind],
        ran=f"import {problem.file or 'the answer'}",
        saw=f"{shown}{problem.message}",
        expected=problem.remedy or "a file that imports and defines what the exercise asks for",
        file=problem.file,
        line=problem.line,
    )


def _article(words: str) -> str:
    return "an" if words[:1] in "aeiou" else "a"
