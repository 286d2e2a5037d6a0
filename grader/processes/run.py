"""Runs one scenario in a process tree of its own and reports what it did. Runs inside the box.

What it reports of processes, descriptors and deadlocks is seen from outside the tree, in /proc. Elsewhere
than on Linux there is no such view: then there are time limits, and nothing is known of what is left behind.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from grader.processes import kernel, life
from grader.processes.watch import Role, Watch
from grader.processes.words import Place, Witness
from grader.trace import Json, Ran

STAGE = str(Path(__file__).with_name("stage.py"))
LOOK_SECONDS = 0.003
"""How often to see whether the program has stopped or ended, and, where that is cheap, to look at its tree."""
LOOKING = 1 / 20
"""Of a processor's time goes into looking: whoever computes beside it would be kept waiting."""
LATEST_SECONDS = 0.015
"""How often to look however much it costs: else an answer could see to it that nobody looks."""
GRACE_SECONDS = 0.2
"""What a process may outlive its parent without being left behind."""
PRINTED_LENGTH = 2000
COMPLAINTS_LENGTH = 200_000
BOOTSTRAPPING = "finished its bootstrapping phase"
AT_IMPORT = (
    "processes are started while the file is imported: a spawned child imports it, too, and would start some in its "
    'turn. Start them in a function, or behind if __name__ == "__main__":'
)
_LINUX = sys.platform == "linux"
_FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
"""Then what is imported as source keeps counting references to its constants, and its threads get in each other's way;
what comes from a .pyc, or is the main file, does not (gh-130851): an answer shall be as fast as at home."""


class Told(Protocol):
    """What `box.protocol` says of a scenario; this package lies below the box."""

    @property
    def source(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def scenario(self) -> str: ...
    @property
    def arguments(self) -> Mapping[str, Json]: ...


class Job(Told, Protocol):
    """What `box.protocol.RunJob` says."""

    @property
    def start_method(self) -> str | None: ...
    @property
    def time_limit(self) -> float: ...


class Attendant(Protocol):
    """What goes along with a run from the scenario's begin to the end of the program: a meter, a server."""

    def begin(self, watch: Watch) -> None: ...
    def look(self) -> None: ...
    def over(self) -> None:
        """The program says that the scenario is over. It need not be true."""

    def end(self, seconds: float) -> None:
        """The program has ended; it and those that it waited for took `seconds` of a processor."""


class View(Struct, frozen=True):
    """What there is at one moment while the parent stands still."""

    descriptors: frozenset[tuple[int, str]]
    threads: int
    unjoined: int
    """Children that run, or that ended and were never waited for."""
    orphans: int
    """The same of those whose own parent has ended before them."""
    segments: int
    """Of shared memory, by name."""
    semaphores: frozenset[str]


def run(job: Job, files: Mapping[str, str], module: str, attendant: Attendant | None = None) -> Ran:
    """Runs the scenario in a fresh tree and kills what is left of it. `files`: {"pipe_talk.py": source}.

    An empty `module` leaves the answer outside: the scenario gets None in its place.
    """
    folder = os.path.realpath(tempfile.mkdtemp(prefix="run-"))
    try:
        lay_out(job, job.start_method, files, module, folder)
        with kernel.supervising() if _LINUX else contextlib.nullcontext():
            return _Run(job, files, folder, attendant).watched()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lay_out(job: Told, start_method: str | None, files: Mapping[str, str], module: str, folder: str) -> None:
    """Writes answer, scenario and what the stage is to do into `folder`."""
    told = {
        "module": module, "files": sorted(files), "file": job.file, "scenario": job.scenario,
        "arguments": dict(job.arguments), "start_method": start_method,
    }  # fmt: skip
    for name, text in {**files, job.file: job.source, "job.json": json.dumps(told)}.items():
        path = Path(folder, os.path.basename(name))
        path.write_bytes(_without_cookie(text).encode("utf-8", "surrogatepass"))
        if path.suffix == ".py" and _FREE_THREADED:
            import py_compile

            py_compile.compile(str(path), quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)


def _without_cookie(text: str) -> str:
    """A line like `# coding: latin-1` no longer says what it did: the text was decoded on its way in."""
    parts = re.split(r"(\r\n|\r|\n)", text, maxsplit=2)
    for place in (0, 2):
        if place < len(parts) and parts[place].lstrip(" \t\f").startswith("#"):
            parts[place] = parts[place].replace("coding", "Coding")
    return "".join(parts)


class _Run:
    def __init__(self, job: Job, files: Mapping[str, str], folder: str, attendant: Attendant | None) -> None:
        self._job = job
        self._attendant = attendant
        self._files = dict(files)
        self._folder = folder
        self._views: list[View] = []
        self._complained = 0
        """How many bytes were on standard error when we looked last."""

    def watched(self) -> Ran:
        watch = self._watch = Watch()
        with open(f"{self._folder}/printed", "wb") as printed, open(f"{self._folder}/complaints", "wb") as complaints:
            process = subprocess.Popen(
                [sys.executable, "-P", "-s", "-S", "-B", STAGE],
                stdin=subprocess.DEVNULL, stdout=printed, stderr=complaints,
                env={**os.environ, "GRADER_STAGE": self._folder, "TMPDIR": self._folder, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )  # fmt: skip
        watch.begin(process.pid)
        try:
            return self._until_its_end(process)
        finally:
            watch.kill()
            life.take_away(self._folder)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            if process.returncode is None:
                process.returncode = -signal.SIGKILL

    def _until_its_end(self, process: subprocess.Popen[bytes]) -> Ran:
        end = time.monotonic() + self._job.time_limit
        due = 0.0
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG | os.WUNTRACED)
            if pid and os.WIFSTOPPED(status):
                self._look()
            elif pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                return self._ended(process.returncode, used.ru_utime + used.ru_stime)
            if time.monotonic() >= due:
                began = time.thread_time()
                if ran := self._ended_early(end):
                    return ran
                due = time.monotonic() + min((time.thread_time() - began) / LOOKING, LATEST_SECONDS)
            time.sleep(LOOK_SECONDS)

    def _ended_early(self, end: float) -> Ran | None:
        """When nothing more will come of it, or the time limit, `end`, is over."""
        if self._attendant:
            self._attendant.look()
        now = time.monotonic()
        if self._starts_at_import():
            return self._told("raised", [AT_IMPORT], None)
        if now > end:
            return self._without_end() or self._timed_out()
        if _LINUX and self._watch.settled(now):
            return self._without_end() or self._deadlocked()
        return None

    def _starts_at_import(self) -> bool:
        """A child that is not yet ready starts others: a Pool would put new ones in its place for ever."""
        size = os.path.getsize(f"{self._folder}/complaints")
        if size == self._complained:
            return False
        self._complained = size
        with open(f"{self._folder}/complaints", encoding="utf-8", errors="replace") as file:
            return BOOTSTRAPPING in file.read(COMPLAINTS_LENGTH)

    def _look(self) -> None:
        """The parent has stopped itself. A third stop is the answer's own doing, and nobody goes on from there."""
        if len(self._views) == 2:
            return
        if self._attendant and self._views:
            self._attendant.over()
        parent, children = self._watch.parent, self._watch.children()
        orphans = sum(kernel.parent(pid) == os.getpid() for pid in children)
        self._views.append(
            View(
                descriptors=frozenset((each.number, each.target) for each in kernel.descriptors(parent)),
                threads=len(kernel.threads(parent)),
                unjoined=len(children) - orphans,
                orphans=orphans,
                segments=len(life.segments_left(self._folder)),
                semaphores=frozenset(life.semaphores_left(self._folder)),
            )
        )
        if self._attendant and len(self._views) == 1:
            self._attendant.begin(self._watch)
        os.kill(parent, signal.SIGCONT)

    def _ended(self, code: int, seconds: float) -> Ran:
        if self._attendant:
            self._attendant.end(seconds)
        outliving = self._outliving()
        result = self._result()
        if result is None:
            how = f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
            said = f"the parent ended with {how} before the scenario was over"
            return self._told("died", [said, *self._complaints()], None)
        return self._over(result, outliving)

    def _without_end(self) -> Ran | None:
        """When the scenario was over and only the program does not end: that is left behind, and no deadlock."""
        result = self._result() if len(self._views) == 2 else None
        if result is None:
            return None
        return self._over(result, (self._witness().of_no_end(),) if _LINUX else ("the program does not end",))

    def _over(self, result: dict[str, Any], outliving: tuple[str, ...]) -> Ran:
        facts = self._facts(result)
        leftovers = (*self._left_behind(result), *outliving)
        if result["ending"] == "raised":
            place = Place(result["file"], result["line"], "", "") if result["line"] else None
            where = f" ({place.file}, line {place.line})" if place else ""
            return self._told("raised", [result["saying"] + where, *self._complaints()], place, leftovers, facts)
        said = (*self._complaints(), *result.get("unheard", ()), *self._forks())
        return Ran("returned", result["value"], said, printed=self._printed(), leftovers=leftovers, facts=facts)

    def _deadlocked(self) -> Ran:
        said, place = self._witness().of_deadlock()
        return self._told("deadlock", [*said, *self._forks(), *self._complaints()], place)

    def _timed_out(self) -> Ran:
        said, place = self._witness().of_timeout(self._files) if _LINUX else ([], None)
        first = f"it had not ended after {self._job.time_limit:g} s"
        return self._told("timeout", [first, *said, *self._complaints()], place)

    def _told(
        self, ending: Any, said: list[str], place: Place | None, leftovers: tuple[str, ...] = (), facts: Any = None
    ) -> Ran:
        file, line = (place.file, place.line) if place else ("", 0)
        return Ran(ending, None, tuple(said), file, line, self._printed(), leftovers, facts or {})

    def _witness(self) -> Witness:
        return Witness(self._watch, self._folder, self._files)

    def _result(self) -> dict[str, Any] | None:
        try:
            value = json.loads(Path(self._folder, "result.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return value if isinstance(value, dict) else None

    def _facts(self, result: dict[str, Any]) -> dict[str, Json]:
        facts: dict[str, Json] = {"exit_codes": result.get("exit_codes", []), "locks": result.get("locks", [])}
        if len(self._views) == 2:
            facts["descriptors"] = [len(view.descriptors) for view in self._views]
        return facts

    def _left_behind(self, result: dict[str, Any]) -> list[str]:
        """What there was after the scenario and not before it, as the supervisor saw it."""
        said = []
        if os.path.exists(f"{self._folder}/strayed"):
            said.append("a forked child came back out of the answer's function instead of ending there")
        if len(self._views) < 2:
            return said
        before, after = self._views
        if after.segments:
            said.append(f"{_counted(after.segments, 'shared memory segment', 'shared memory segments')} left behind")
        if kept := after.semaphores - before.semaphores:
            said.append(f"{_counted(len(kept), 'semaphore', 'semaphores')} left behind")
        # Children of the fork server are waited for by the server, so that here only the exit code tells.
        unjoined = max(after.unjoined, result.get("exit_codes", []).count(None))
        if unjoined:
            said.append(f"{_counted(unjoined, 'child was', 'children were')} never joined")
        if daemons := result.get("daemons"):
            counted = _counted(daemons, "daemon is", "daemons are")
            said.append(f"{counted} still alive: daemons are killed when the program ends, finished or not")
        if after.orphans:
            orphans = _counted(after.orphans, "orphan", "orphans")
            said.append(f"{orphans} left behind: started by a child that has ended, so that nobody waits")
        if after.threads > before.threads:
            said.append(f"{_counted(after.threads - before.threads, 'thread', 'threads')} of the parent still there")
        own = result.get("own", [])
        opened = sorted(
            target
            for number, target in after.descriptors - before.descriptors
            if number not in own and not _is_of_memory(target)
        )
        # A child that was not joined keeps descriptors of multiprocessing's own: that was said already.
        if opened and not unjoined:
            kinds = sorted({_kind(target, self._folder) for target in opened})
            said.append(f"{_counted(len(opened), 'descriptor', 'descriptors')} left open: {', '.join(kinds)}")
        return said

    def _forks(self) -> list[str]:
        return life.forks_beside_threads(self._folder)

    def _outliving(self) -> tuple[str, ...]:
        """The names of children that live on after the parent. Waits for those that are just ending."""
        if not _LINUX:
            return ()
        end = time.monotonic() + GRACE_SECONDS
        while True:
            living = [pid for pid in self._watch.processes() if self._watch.alive(pid)]
            if not living or time.monotonic() > end:
                break
            time.sleep(LOOK_SECONDS)
        witness = self._witness()
        children = [pid for pid in living if self._watch.role(pid) is Role.CHILD]
        said = [f"{witness.name(pid)} lives on after the parent has ended" for pid in children]
        return tuple(dict.fromkeys(said))

    def _printed(self) -> str:
        with open(f"{self._folder}/printed", encoding="utf-8", errors="replace") as file:
            return file.read(PRINTED_LENGTH)

    def _complaints(self) -> list[str]:
        """Exceptions that ended a child: multiprocessing writes them to standard error and goes on."""
        with open(f"{self._folder}/complaints", encoding="utf-8", errors="replace") as file:
            text = file.read(COMPLAINTS_LENGTH)
        said = []
        for block in re.split(r"^Process \S+:$", text, flags=re.MULTILINE)[1:]:
            lines = [line for line in block.splitlines() if line and not line.startswith((" ", "Traceback", "\t"))]
            if lines:
                said.append(f"an exception ended a child: {re.sub(r'0x[0-9a-f]+', '0x...', lines[0])}")
        return sorted(set(said))


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _is_of_memory(target: str) -> bool:
    """What multiprocessing cuts every Value and Array from, and keeps; and segments, which are told by themselves."""
    return os.path.basename(target).startswith(("pym-", "psm_"))


def _kind(target: str, folder: str) -> str:
    if target.startswith("pipe:"):
        return "an end of a pipe"
    if target.startswith("socket:"):
        return "an end of a Pipe()"
    return "a file" if target.startswith(folder) else target
