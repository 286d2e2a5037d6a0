"""The engine side by side with its peers: schedules a second, bugs found, false alarms, in one run on one machine.

    python benchmarks/engine.py [--peers FOLDER] [--seconds 2] [--write]

`--peers FOLDER` makes a virtual environment there with frontrun and interleave-test (from PyPI, once; interleave-test
wants a recent Python: start this script with one). Everybody gets the same programs and the same number of seconds for
each; the stress loop runs the plain program again and again. frontrun drives worker functions only, so it gets the
two workers of each program, not the threads that the program starts. Rates are worth more as ratios than as numbers.
`threadmark whole` loads the program and does the whole search anew each time, so it counts little but loading and
watching for races.
`--write` replaces the section in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import venv
from pathlib import Path

from results_file import replace_section

ROOT = Path(__file__).resolve().parent.parent
SIDES = Path(__file__).resolve().parent / "engine_sides.py"
COLUMNS = (
    "stress loop",
    "interleave-test random",
    "frontrun random",
    "frontrun dpor",
    "threadmark random",
    "threadmark dpor",
    "threadmark whole",
)
PEERS = ("frontrun==0.7.0", "interleave-test==0.1.0", "msgspec", "greenlet")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    python = environment(asked.peers) if asked.peers else sys.executable
    measured = {side: measure(python, side, asked.seconds) for side in COLUMNS}
    text = report(measured, asked.seconds, python)
    print(text)
    if asked.write:
        replace_section(ROOT / "benchmarks" / "RESULTS.md", "The engine beside its peers", text)


def environment(folder: Path) -> str:
    """The interpreter of the environment in `folder`, made when it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True)
    return str(python)


def measure(python: str, side: str, seconds: float) -> dict[str, dict[str, object]]:
    """What `engine_sides.py` says of each program; {} where the side is not installed or fails."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [python, str(SIDES), side, str(seconds)]
    if side.startswith("frontrun"):  # wants to be started by its own command
        command = [str(Path(python).with_name("frontrun")), *command]
    said = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=600, check=False)
    if said.returncode:
        print(f"{side}: {(said.stderr.strip().splitlines() or ['failed'])[-1]}", file=sys.stderr)
        return {}
    return dict(json.loads(said.stdout.splitlines()[-1]))


def report(measured: dict[str, dict[str, dict[str, object]]], seconds: float, python: str) -> str:
    """A Markdown table: a row a program, `found` or `-` and runs a second in each cell."""
    programs = list(next(table for table in measured.values() if table))
    sides = [side for side in COLUMNS if measured[side]]
    rows = ["| program | " + " | ".join(sides) + " |", "|---" * (len(sides) + 1) + "|"]
    for program in programs:
        rows.append(f"| {program} | " + " | ".join(cell(measured[side][program]) for side in sides) + " |")
    version = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.strip()
    head = (
        f"{datetime.date.today()}, {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
        f"{version}, {', '.join(PEERS[:2])}. {seconds:g} s for each cell: what was said of the program, "
        "and executions a second."
    )
    return "\n".join([head, "", *rows])


def cell(said: dict[str, object]) -> str:
    return f"{said['said']}, {said['rate']}/s"


if __name__ == "__main__":
    main()
