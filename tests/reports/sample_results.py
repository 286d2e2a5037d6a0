"""Results of every shape that a report must be able to tell, with fixed numbers: the input of all tests in here."""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace

from grader.reports import Layout, Source
from grader.results import (
    CheckResult,
    ExerciseResult,
    Exploration,
    Finding,
    Kind,
    Submitted,
    Tier,
    TimedPair,
    Timing,
    Verdict,
)
from grader.trace import Step, Trace

ACCOUNT = """\
import threading


class InsufficientFunds(Exception):
    pass


class Account:
    def __init__(self, balance=0):
        self._balance = balance
        self._lock = threading.Lock()

    def withdraw(self, amount):
        if amount > self._balance:
            raise InsufficientFunds(amount)
        self._balance -= amount
        return self._balance
"""


def check(
    name: str,
    title: str,
    verdict: Verdict = "pass",
    score: Fraction | int = 1,
    of: Fraction | int = 1,
    *,
    kind: Kind = "SAFE",
    hidden: bool = False,
    exploration: Exploration | None = None,
    findings: tuple[Finding, ...] = (),
    notes: tuple[str, ...] = (),
    timing: Timing | None = None,
) -> CheckResult:
    return CheckResult(
        name, title, kind, verdict, Fraction(score), Fraction(of), 0.0125, hidden, exploration, findings, notes, timing
    )


def result(
    verdict: Verdict,
    *checks: CheckResult,
    exercise: str = "ex01",
    title: str = "Lock-protected bank account",
    path: str = "exercises/ex01_bank_account/bank_account.py",
    tier: Tier = "full",
    problem: Finding | None = None,
    notes: tuple[str, ...] = (),
) -> ExerciseResult:
    return ExerciseResult(
        exercise=exercise,
        title=title,
        verdict=verdict,
        score=sum((each.score for each in checks), Fraction(0)),
        max_score=sum((each.max_score for each in checks), Fraction(0)),
        seed=7,
        tier=tier,
        python="3.11.7",
        grader="0.1.0",
        submission=Submitted(path, "ab" * 32, notes),
        checks=checks,
        problem=problem,
    )


ALL = Exploration(schedules=20, exhausted=True, preemption_bound=None)
BOUNDED = Exploration(schedules=372, exhausted=True, preemption_bound=2)
SAMPLED = Exploration(schedules=2000, exhausted=False, preemption_bound=None)


def step(thread: int, line: int, operation: str, target: str, value: str = "", note: str = "") -> Step:
    return Step(thread, "bank_account.py", line, operation, target, value, note)


LOST_UPDATE = Trace(
    threads=("withdraw-1", "withdraw-2"),
    steps=(
        step(0, 14, "read", "self._balance", "1000"),
        step(1, 14, "read", "self._balance", "1000"),
        step(1, 16, "read", "self._balance", "1000"),
        step(1, 16, "write", "self._balance", "200"),
        step(0, 16, "read", "self._balance", "200", "withdraw-1 has looked before: it still believes in 1000"),
        step(0, 16, "write", "self._balance", "-600"),
    ),
    ending=("both withdrawals succeeded; balance -600",),
    idiom="check-then-act",
    preemptions=1,
    schedule="1.0-2",
)

OVERDRAWN = Finding(
    kind="race",
    title="a check-then-act",
    ran="an account opened with 1000, two threads withdraw 800 each",
    saw="results: 200, -600, balance: -600",
    expected="one withdrawal of 800 succeeds, the other raises InsufficientFunds; balance 200",
    hint="Two threads see 1000 and both take 800: which line must not be split?",
    replay="never_overdraws~0~7~1.0-2",
    trace=LOST_UPDATE,
    file="bank_account.py",
    line=14,
)

THREE = Trace(
    threads=("main", "printer-0", "printer-1", "printer-2"),
    steps=(
        Step(1, "printers.py", 14, "acquire", "ready"),
        Step(1, "printers.py", 15, "read", "turn", "0"),
        Step(1, "printers.py", 18, "emit", "'a'"),
        Step(2, "printers.py", 14, "wait", "ready", note="waits: held by printer-0"),
        Step(1, "printers.py", 19, "write", "turn", "1"),
        Step(1, "printers.py", 20, "wake", "ready", note="one notify(), two wait: it wakes printer-2"),
        Step(3, "printers.py", 16, "wait", "ready", note="not its turn: it sleeps again and wakes nobody"),
    ),
    ending=(
        "printer-1 waits at line 16 for ready: nobody will wake it",
        "printer-2 waits at line 16 for ready: nobody will wake it",
        "main waits at line 31 for printer-1 to end",
    ),
    idiom="missed signal",
    preemptions=2,
    schedule="2.1-0",
)

PRINTERS = "\n".join(
    ["# printers"] * 13
    + [
        "    with ready:",
        "        while turn != me:",
        "            ready.wait()",
        "        # my turn",
        "        emit(parts[me][position])",
        "        turn = (turn + 1) % len(parts)",
        "        ready.notify()",
    ]
)

STUCK = Finding(
    kind="deadlock",
    title="a deadlock: somebody waits for ever",
    ran="3 printers, 2 strings each",
    saw="printer-1 waits at line 16 for ready; printer-2 waits at line 16 for ready; main waits for printer-1 to end",
    expected="a0 b0 c0 a1 b1 c1, and every thread ended",
    hint="Who is woken when one notify() meets two kinds of waiters?",
    replay="three_printers~0~7~2.1-0",
    trace=THREE,
    file="printers.py",
    line=20,
)

SYNTAX = Finding(
    kind="crash",
    title="this is not Python yet",
    ran="import bank_account.py",
    saw="line 3: def deposit\uff08self, amount):\n'\uff08' is a full-width bracket; Python wants '('",
    expected="a file that imports and defines what the exercise asks for",
    file="bank_account.py",
    line=3,
)

NO_REPLAY = Finding("wrong", "not what the contract says", "Account().balance", "None", "0")

HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J\n::error file=x::forged\n##[error]forged\r\n::set-output name=x::y\n"
    "<script>alert(1)</script> ]]> ``` ````` | [click](http://x) =HYPERLINK(1) "
    "\u202egnp.exe\u2028 \x00\x0b\ufffe\ud800 100%"
)

PASSING = result(
    "pass",
    check("keeps_the_books", "Deposits and withdrawals return the new balance", kind="EDGE"),
    check("never_overdraws", "Two withdrawals of 800 from 1000: one is refused", score=2, of=2, exploration=ALL),
    check("moves_on", "After InsufficientFunds another thread proceeds", kind="EXC", exploration=BOUNDED),
    check("two_accounts", "Two accounts can be inside at once", kind="PAR", exploration=SAMPLED),
)

RACE = result(
    "fail",
    check("keeps_the_books", "Deposits and withdrawals return the new balance", kind="EDGE"),
    check("never_overdraws", "Two withdrawals of 800 from 1000: one is refused", "fail", 0, 2, findings=(OVERDRAWN,)),
    check("two_accounts", "Two accounts can be inside at once", kind="PAR", exploration=ALL),
)

DEADLOCK = result(
    "fail",
    check("twelve_a", "numbers_and_letters() gives 12A34B56C...5152Z", kind="EDGE", of=2, score=2),
    check("three_printers", "Three printers speak in turn", "fail", 0, 4, kind="LIVE", findings=(STUCK,)),
    check("blocks", "Who waits does not spin", score=2, of=2, kind="BLOCK", exploration=SAMPLED),
    exercise="ex04",
    title="Ordered alternating printers",
    path="exercises/ex04_printers/printers.py",
    tier="limits",
)

PROBLEM = result(
    "fail",
    check("keeps_the_books", "Deposits and withdrawals return the new balance", "fail", 0, 1, findings=(SYNTAX,)),
    check("never_overdraws", "Two withdrawals of 800 from 1000: one is refused", "fail", 0, 2, findings=(SYNTAX,)),
    problem=SYNTAX,
    notes=("1 shell line left out: cell 2, line 1",),
)

HIDDEN = result(
    "fail",
    check("keeps_the_books", "Deposits and withdrawals return the new balance", kind="EDGE"),
    check("other_amounts", "Three threads withdraw other amounts", "fail", 0, 2, hidden=True, findings=(OVERDRAWN,)),
)

FRACTIONS = result(
    "fail",
    check("a_third", "A third", score=Fraction(1, 3), of=Fraction(1, 3)),
    check("another_third", "Another third", score=Fraction(1, 3), of=Fraction(1, 3)),
    check("half_of_a_third", "Half of a third", "fail", Fraction(1, 6), Fraction(1, 3), findings=(NO_REPLAY,)),
    check("seven", "Seven", score=7, of=7),
)

OURS = result(
    "error",
    check("keeps_the_books", "Deposits and withdrawals return the new balance", kind="EDGE"),
    check(
        "broken",
        "A check with a fault of its own",
        "error",
        0,
        1,
        findings=(Finding("crash", "the check itself failed", "the check", "KeyError: 'x'", "a verdict"),),
    ),
    check("speed", "Twice as fast", "skip", 0, 1, kind="SPEED", notes=("one core: cannot be measured here",)),
)

TIMES = Timing(
    (
        TimedPair(0.26, 0.135, 0.31, 0.29, 1.9, 1.01, 2),
        TimedPair(0.24, 0.131, 0.27, 0.16, 1.8, 1.0, 2),
        TimedPair(0.25, 0.139, 0.26, 0.15, 1.9, 1.0, 2),
    ),
    1.3,
)
SERIAL = Timing(tuple(replace(pair, answer=pair.alone * 1.02) for pair in TIMES.pairs), 1.3)
CLOSE = Timing(tuple(replace(pair, answer=pair.alone / 1.31) for pair in TIMES.pairs), 1.3, counted=False)
TIMED = result(
    "fail",
    check("is_fast", "Two workers are faster", kind="SPEED", timing=TIMES),
    check("is_close", "Two workers are a little faster", kind="SPEED", timing=CLOSE, notes=("judged otherwise",)),
    check(
        "is_slow",
        "Two workers are faster still",
        "fail",
        0,
        1,
        kind="SPEED",
        timing=SERIAL,
        findings=(
            Finding(
                "too-slow",
                "more workers do not make it faster",
                "12 items of computing, with two workers",
                "0.98 times as fast as one process (at least 1.3 is asked for); one process did nearly all of the work",
                "at least 1.3 times as fast as one process",
                "How many processes have something to do at once?",
            ),
        ),
    ),
)

SAVAGE = result(
    "fail",
    check(
        "hostile",
        "Title " + HOSTILE,
        "fail",
        0,
        1,
        findings=(
            Finding(
                "race",
                HOSTILE,
                HOSTILE,
                HOSTILE,
                HOSTILE,
                HOSTILE,
                "hostile~0~7~1",
                Trace(
                    (HOSTILE, "B"),
                    (
                        Step(0, HOSTILE, 1, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
                        Step(9, "bank_account.py", -4, "read", "x"),
                    ),
                    (HOSTILE,),
                ),
                HOSTILE,
                3,
            ),
        ),
        notes=(HOSTILE,),
    ),
    title="Title " + HOSTILE,
    path=HOSTILE,
    notes=(HOSTILE,),
)

EMPTY = result("fail", problem=SYNTAX)

EVERY = {
    "passing": PASSING,
    "race": RACE,
    "deadlock": DEADLOCK,
    "problem": PROBLEM,
    "hidden": HIDDEN,
    "fractions": FRACTIONS,
    "ours": OURS,
    "savage": SAVAGE,
    "timed": TIMED,
    "empty": EMPTY,
}
"""All of them, by name."""

LAYOUT = Layout(
    environment={},
    sources={"ex01": Source({"bank_account.py": ACCOUNT}), "ex04": Source({"printers.py": PRINTERS})},
)
