"""Times whole processes side by side: what a person waits for, from the key press to the prompt.

    python benchmarks/whole_process.py [--rounds 9] [--peers FOLDER] [--write]

`--peers FOLDER` makes a virtual environment there with check50 and otter-grader (from PyPI, once) and times each of
them on a trivial exercise: one function `add`, one test. So is plain pytest. They do less than `grade` does: no
schedules, no box. The rounds are interleaved, so that a busy machine disturbs all alike; minimum and median are
quoted, and ratios are worth more than seconds. `--write` replaces the section in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from results_file import replace_section

ROOT = Path(__file__).resolve().parent.parent
CHECK50 = '''
import check50

@check50.check()
def adds():
    """add adds"""
    check50.exists("answer.py")
    said = check50.run("python3 -c 'import answer; print(answer.add(1, 2))'").stdout()
    if said.strip() != "3":
        raise check50.Mismatch("3", said)
'''
OTTER = """
OK_FORMAT = True
test = {"name": "q1", "points": 1, "suites": [{"type": "doctest", "scored": True, "setup": "", "teardown": "",
        "cases": [{"code": ">>> add(1, 2)\\n3", "hidden": False, "locked": False}]}]}
"""
ANSWER = "def add(a, b):\n    return a + b\n"
PYTEST = "from answer import add\n\n\ndef test_adds():\n    assert add(1, 2) == 3\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder))
        commands = ours() | plain_pytest(Path(folder)) | (peers(Path(folder), asked.peers) if asked.peers else {})
        times = measure(commands, asked.rounds)
    table = report(times, asked.rounds)
    print(table)
    if asked.write:
        replace_section(ROOT / "benchmarks" / "RESULTS.md", "Whole processes", table)


def lay_out(folder: Path) -> None:
    """A trivial exercise in the form of each peer."""
    (folder / "answer.py").write_text(ANSWER)
    (folder / "test_answer.py").write_text(PYTEST)
    (folder / "checks").mkdir()
    (folder / "checks" / "__init__.py").write_text(CHECK50)
    (folder / "checks" / ".cs50.yml").write_text('check50:\n  files:\n    - !exclude "*"\n    - !include "*.py"\n')
    (folder / "tests").mkdir()
    (folder / "tests" / "q1.py").write_text(OTTER)


def ours() -> dict[str, tuple[list[str], Path]]:
    right = {name: next((ROOT / "solutions").glob(f"{name}_*")) for name in ("ex01", "ex04")}
    modules = {"ex01": "bank_account.py", "ex04": "printers.py"}
    grade = [sys.executable, "-I", "-m", "grader"]
    return {"grade --help": ([*grade, "--help"], ROOT)} | {
        f"grade {name}, right answer": ([*grade, name, str(folder / modules[name])], ROOT)
        for name, folder in right.items()
    }


def plain_pytest(folder: Path) -> dict[str, tuple[list[str], Path]]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_answer.py"]
    return {"plain pytest, trivial": (command, folder)}


def peers(folder: Path, environment: Path) -> dict[str, tuple[list[str], Path]]:
    """check50 and otter-grader, where they can be installed; a peer that fails its own example is left out."""
    bin_folder = environment / "bin"
    if not (bin_folder / "otter").exists():
        venv.create(environment, with_pip=True)
        packages = ["check50", "otter-grader", "ipykernel"]
        subprocess.run([bin_folder / "python", "-m", "pip", "install", "--quiet", *packages], check=True)
    return {
        "check50 --dev, trivial": ([str(bin_folder / "check50"), "--dev", "checks", "-o", "json"], folder),
        "otter check, trivial": ([str(bin_folder / "otter"), "check", "answer.py", "-t", "tests"], folder),
    }


def measure(commands: dict[str, tuple[list[str], Path]], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in commands}
    for each in range(rounds + 1):
        for name, (command, folder) in commands.items():
            seconds = once(name, command, folder)
            if each:  # the first round warms the caches of the file system
                times[name].append(seconds)
    return times


def once(name: str, command: list[str], folder: Path) -> float:
    environment = os.environ | {"PATH": f"{Path(command[0]).parent}:{os.environ['PATH']}", "NO_COLOR": "1"}
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begun
    if done.returncode:
        sys.exit(f"{name} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return seconds


def report(times: dict[str, list[float]], rounds: int) -> str:
    lines = [
        f"{datetime.date.today()}, Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{len(os.sched_getaffinity(0))} cores, {rounds} interleaved rounds, seconds.",
        "",
        "| command | min | median | to plain pytest |",
        "|---|---|---|---|",
    ]
    base = statistics.median(times["plain pytest, trivial"])
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        lines.append(f"| {name} | {min(seconds):.3f} | {middle:.3f} | {middle / base:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
