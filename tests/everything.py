"""What ./run-tests runs: every step, also after one has failed, and then a summary. Exits 1 when a step failed."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "tests" / "requirements.lock"
OLDEST_OTHER = (3, 12)
CI = os.environ.get("CI") == "true"

TOOLS = {
    "formatting": ["-m", "ruff", "format", "--check", "."],
    "lint": ["-m", "ruff", "check", "."],
    "types": ["-m", "mypy"],
    "import contracts": ["-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"],
}
PYTEST = ["-m", "pytest", "-q", "--timeout=300", "--durations=15"]
SELFCHECK = ["-m", "grader", "selfcheck"]
COUNTED = re.compile(r"(\d+) (passed|failed|error|skipped|xfailed|xpassed)")


class Step(NamedTuple):
    name: str
    python: str | Path
    words: list[str]


class Run:
    """The steps so far: their ends in order, and the tests counted."""

    def __init__(self) -> None:
        self.ends: list[tuple[str, bool, str]] = []
        self.counts: Counter[str] = Counter()
        self.began = time.monotonic()

    def steps(self, *steps: Step) -> None:
        """Runs commands side by side. What each prints comes at once for the first, for the others when it is their
        turn; pytest's counts are taken from its last line."""
        running = [(step, *_start(step)) for step in steps]
        for step, process, printed in running:
            print(f"\n---- {step.name}", flush=True)
            last = ""
            for line in _lines(process, printed):
                print(line, end="", flush=True)
                last = line if COUNTED.search(line) else last
            self.end(step.name, process.returncode == 0, f"{time.monotonic() - self.began:.0f} s from the beginning")
            if step.words is PYTEST:
                self.counts.update({word: int(number) for number, word in COUNTED.findall(last)})

    def end(self, name: str, good: bool, saying: str) -> None:
        self.ends.append((name, good, saying))

    def close(self) -> int:
        """Print the summary, its last line like pytest's. A step that is not pytest counts as one test."""
        print("\n---- summary")
        for name, good, saying in self.ends:
            print(f"{'ok     ' if good else 'FAILED '} {name:<28} {saying}")
            if not name.startswith("tests") or not (good or self.counts["failed"] or self.counts["error"]):
                self.counts["passed" if good else "failed"] += 1
        words = ("failed", "error", "passed", "skipped", "xfailed", "xpassed")
        counted = ", ".join(f"{self.counts[word]} {word}" for word in words if self.counts[word])
        print(f"===== {counted} in {time.monotonic() - self.began:.2f}s =====")
        return 0 if all(good for _, good, _ in self.ends) else 1


def main() -> int:
    run = Run()
    walls(run)
    a_browser(run)
    run.steps(*(Step(name, sys.executable, words) for name, words in TOOLS.items()))
    second = other(run)
    if second is not None:
        # For the tests of what must be the same on both.
        os.environ["THREADMARK_PYTHONS"] = str(second[1])
    long = [Step(f"tests on {_minor(sys.version_info[:2])}", sys.executable, PYTEST)]
    if second is not None:
        long.append(Step(f"tests on {_minor(second[0])}", second[1], PYTEST))
    run.steps(*long, Step("self-check of the exercises", sys.executable, SELFCHECK))
    return run.close()


def _start(step: Step) -> tuple[subprocess.Popen[bytes], IO[str]]:
    """The command, and a file to read what it prints from."""
    with NamedTemporaryFile("wb", delete=False) as written:
        process = subprocess.Popen(
            [step.python, "-I", "-u", *step.words], cwd=ROOT, stdout=written, stderr=subprocess.STDOUT
        )
    printed = open(written.name, encoding="utf-8", errors="replace")  # noqa: SIM115 (closed when it was read)
    os.unlink(written.name)
    return process, printed


def _lines(process: subprocess.Popen[bytes], printed: IO[str]) -> Iterator[str]:
    """What the process prints, until it has ended."""
    with printed:
        ended = False
        while not ended:
            ended = process.poll() is not None
            yield from printed
            if not ended:
                time.sleep(0.1)


def walls(run: Run) -> None:
    """Where the strongest box does not work, its tests are skipped: CI must not let that pass."""
    ask = f"""import sys; sys.path.insert(0, {str(ROOT)!r})
from grader.box.sandbox import canary, interpreter
sys.exit(canary.why_not_full(interpreter.this_interpreter()) or None)"""
    asked = subprocess.run([sys.executable, "-I", "-c", ask], capture_output=True, text=True)
    if asked.returncode == 0:
        run.end("bubblewrap", True, "works")
    else:
        run.end("bubblewrap", not CI, f"does not work, tests of the tier full are skipped: {asked.stderr.strip()}")


def a_browser(run: Run) -> None:
    """Without one its tests are skipped: CI must not let that pass."""
    sys.path.insert(0, str(ROOT / "tests" / "reports"))
    import browser

    found = browser.program()
    run.end("chromium", bool(found) or not CI, found or "not here, tests of the replay page are skipped")


def other(run: Run) -> tuple[tuple[int, int], Path] | None:
    """The newest other interpreter of this machine, in an environment of its own for the tests; None without one."""
    found = newest_other()
    if found is None:
        run.end("tests on another Python", not CI, f"no Python >= {_minor(OLDEST_OTHER)} but this one: not run")
        return None
    version, base = found
    folder = ROOT / ".grade" / f"newest-{_minor(version)}-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]}"
    made = subprocess.run([base, "-I", ROOT / "grader" / "environment.py", LOCK, folder])
    if made.returncode:
        run.end(f"tests on {_minor(version)}", False, f"no environment for {base}")
        return None
    return version, folder / "bin" / "python"


def newest_other() -> tuple[tuple[int, int], str] | None:
    """The newest released Python >= 3.12 of another minor version than this one: on PATH, or one of pyenv's."""
    minors = [(3, minor) for minor in range(OLDEST_OTHER[1], 30) if (3, minor) != sys.version_info[:2]]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in reversed(minors):
        name = f"python{_minor(version)}"
        for candidate in (name, *map(str, sorted(pyenv.glob(f"*/bin/{name}"), reverse=True))):
            if _is(candidate, version):
                return version, candidate
    return None


def _is(command: str, version: tuple[int, int]) -> bool:
    """Whether the command really runs: what is on PATH may be a shim without anything behind it."""
    ask = f"import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != {version} or sys.version_info[3] != 'final')"
    try:
        return subprocess.run([command, "-I", "-c", ask], capture_output=True).returncode == 0
    except OSError:
        return False


def _minor(version: tuple[int, ...]) -> str:
    return f"{version[0]}.{version[1]}"


if __name__ == "__main__":
    sys.exit(main())
