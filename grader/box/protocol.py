"""What crosses the border: messages as frozen values, frames as length-prefixed JSON. Both ends use it.

The parent believes nothing that it reads here. Decoding is typed and strict, every frame, every job and
every nesting is bounded, and there is no pickle. A frame is four bytes of length (big-endian), then JSON.
"""

from __future__ import annotations

import functools
import re
from typing import Any, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Struct

from grader.errors import BoxBroke, BoxError
from grader.happens_before.events import Event, SiteTold
from grader.happens_before.rows import Row
from grader.trace import Coverage, Json, Outcome, Sighting, Trace
from grader.trace import Ran as Ran
from grader.web.site import Site

FRAME_BYTES = 256 * 1024
"""The longest frame that the box may send."""
TOTAL_BYTES = 2 * 1024 * 1024
"""The most that one job may send, all frames together."""
REQUEST_BYTES = 16 * 1024 * 1024
"""The longest frame that the parent may send: an answer's files, the checks' scenarios, the arguments."""
DEPTH = 64
"""The deepest nesting of lists and objects in a frame."""
LENGTH_BYTES = 4
PATIENCE = 6.0
"""Real seconds may be this many times the processor seconds allowed, on a machine with other work to do."""

StartMethod: TypeAlias = Literal["fork", "spawn", "forkserver"]
Excess: TypeAlias = Literal["", "memory", "processes", "disk"]
"""Of what a job took so much that it was killed."""
ProblemKind: TypeAlias = Literal[
    "syntax", "missing", "empty", "not-begun", "import", "exit", "input", "endless", "forbidden", "died",
]  # fmt: skip


class Limits(Struct, frozen=True):
    """What one box may use. Sizes are in bytes."""

    seconds: float = 30.0
    """Processor time of one job, so that a busy machine changes no verdict. A backstop: budgets of explorations are
    executions and steps."""
    patience: float = PATIENCE
    """By the parent's clock a job that runs under control may take this many times as long."""
    frame: int = FRAME_BYTES
    total: int = TOTAL_BYTES
    memory: int = 512 * 1024 * 1024
    """The heap of one process, beside the stacks of its threads."""
    memory_in_all: int = 1024 * 1024 * 1024
    """What the processes of one job may hold together, beyond what the box itself holds."""
    processes: int = 64
    """Living at once; looked at now and then."""
    tasks: int = 400
    """Processes, dead ones too, and threads, together; the kernel counts them."""
    file_size: int = 16 * 1024 * 1024
    scratch: int = 64 * 1024 * 1024
    """The size of /tmp, where the sandbox makes one."""
    descriptors: int = 256


class Fence(Struct, frozen=True):
    """What a box may open that has no file system of its own (tier landlock)."""

    abi: int
    """The kernel's version of Landlock: how much of the fence it can hold."""
    read: tuple[str, ...]
    """Files and folders that can be read and run."""
    scratch: str
    """The folder that can be written to."""
    shared: str
    """The folder that stands for /dev/shm."""
    search: bool = False
    """Whether the right to pass closed folders is kept: root's interpreter may lie where nobody else can go."""


class Settings(Struct, frozen=True):
    """How the box is to be built from within; given on its command line."""

    limits: Limits
    namespaced: bool
    """Whether the box has a process namespace of its own, so that every other process in it is a job's."""
    user: int = 0
    """The user and group to become before anything of a student runs; 0 to stay."""
    fence: Fence | None = None
    """None where namespaces are the walls, or nothing is."""


class Preflight(Struct, frozen=True, tag="preflight"):
    """Can this answer be graded at all? `stub` is the source that the student was given; empty to skip."""

    stub: str = ""
    required: tuple[str, ...] = ()
    """Names that must be there, dotted for methods; where none are given, those of the stub."""
    allowed: tuple[str, ...] | None = None
    """The modules that the answer may import; None allows all."""
    forbidden: tuple[str, ...] = ()
    """The modules that it may not import, whatever `allowed` says."""
    seconds: float = 1.5
    """How much processor time importing may take, in seconds; on the clock `PATIENCE` times as long."""


class ExploreJob(Struct, frozen=True, tag="explore"):
    """Run one scenario in many schedules: of its threads, under the engine; or of its `processes`, which are real."""

    source: str
    """The check module, cut down to its scenarios, with its line numbers."""
    file: str
    scenario: str
    arguments: dict[str, Json] = {}
    executions: int = 2000
    steps: int = 20_000
    preemptions: int | None = None
    seed: int = 0
    clock: Literal["free", "exact"] = "free"
    races: Literal["ignore", "warn", "fail"] = "warn"
    processes: StartMethod | None = None
    """How real processes are started; None for threads."""


class ExplainJob(Struct, frozen=True, tag="explain"):
    """Minimise one schedule and put it into words."""

    job: ExploreJob
    schedule: str
    sighting: Sighting | None = None
    """What must still be seen then."""


class ReplayJob(Struct, frozen=True, tag="replay"):
    """Run one schedule again as it is, every step told."""

    job: ExploreJob
    schedule: str


class DriveJob(Struct, frozen=True, tag="drive"):
    """Run one scenario again and again, every choice made by the parent."""

    job: ExploreJob


class RunJob(Struct, frozen=True, tag="run"):
    """Run one scenario once with real threads and processes. `time_limit` is in real seconds."""

    source: str
    file: str
    scenario: str
    arguments: dict[str, Json] = {}
    start_method: StartMethod | None = None
    time_limit: float = 10.0
    metered: bool = False
    """Whether to add up what the processes ran and waited for a processor."""
    without_answer: bool = False
    """Whether the answer stays outside, so that nothing of it can slow down what it is compared with."""
    site: Site | None = None
    """What is served on loopback meanwhile; the scenario is given its address as the argument `web`."""


Job: TypeAlias = Preflight | ExploreJob | ExplainJob | ReplayJob | DriveJob | RunJob


class Request(Struct, frozen=True):
    """A job: the answer and what to do with it."""

    files: dict[str, str]
    module: str
    job: Job
    forbidden: tuple[str, ...] = ()
    seconds: float = 30.0
    """Processor time that the job's process may use, rounded up to whole seconds."""
    key: str = ""
    """What every reply must begin with. It catches blind writing into all descriptors, and no more: an answer
    that searches its own process finds it. What is judged are values, and their inputs are drawn at random."""


class Prepare(Struct, frozen=True, tag="prepare"):
    """A hint to the zygote: the programs that jobs are going to need, in this order. It loads them when it is idle."""

    files: dict[str, str]
    module: str
    scenarios: tuple[tuple[str, str], ...]
    """Source and file name of each."""
    forbidden: tuple[str, ...] = ()


class Begin(Struct, frozen=True, tag="begin"):
    """Fork a process for this job. The order carries the descriptor of the job's channel."""

    number: int
    request: Request


class End(Struct, frozen=True, tag="end"):
    """Kill the running job and whatever it left."""


Order: TypeAlias = Prepare | Begin | End


class Go(Struct, frozen=True):
    """The parent's answer to each outcome: search on, run it again, or stop here."""

    on: bool


class More(Struct, frozen=True):
    """The next job for the process that has just done one: forking another costs more than many a job."""

    job: ExploreJob | DriveJob
    seconds: float
    """Processor time that it may use."""


class Turn(Struct, frozen=True):
    """The parent's answer to `Moves`, and to `Drove`: who goes next. The box may not go on before it is there."""

    rows: tuple[Row, ...] | None
    """Empty where there was no choice, or it is not known yet; None after the last execution."""


class Problem(Struct, frozen=True):
    """Why an answer cannot be run, in the student's words; `text` is the line of source itself."""

    kind: ProblemKind
    message: str
    file: str = ""
    line: int = 0
    text: str = ""
    remedy: str = ""


class Preflighted(Struct, frozen=True, tag="preflighted"):
    problem: Problem | None
    names: tuple[str, ...] = ()
    """Public names that the answer defines, dotted for methods, in the order of the file."""
    notes: tuple[str, ...] = ()
    """Things worth knowing that cost nothing: what was printed while the file was imported."""


class Seen(Struct, frozen=True, tag="seen"):
    """A new distinct outcome. The box waits for `Go`."""

    outcome: Outcome


class Explored(Struct, frozen=True, tag="explored"):
    coverage: Coverage


class Told(Struct, frozen=True, tag="told"):
    trace: Trace


class Moves(Struct, frozen=True, tag="moves"):
    """What happened since the parent last chose; now it is to choose again, and the box waits for `Turn`."""

    events: tuple[Event, ...]
    sites: tuple[SiteTold, ...] = ()


class Drove(Struct, frozen=True, tag="drove"):
    """The rest of one execution, and what came of it. The box waits for `Turn`, for how the next one begins."""

    events: tuple[Event, ...]
    sites: tuple[SiteTold, ...]
    outcome: Outcome


class Stopped(Struct, frozen=True, tag="stopped"):
    """The last word of a job that was driven."""


class Refused(Struct, frozen=True, tag="refused"):
    """The job could not begin, because the answer or the scenario cannot be loaded."""

    problem: Problem


class Failed(Struct, frozen=True, tag="failed"):
    """The box's own code raised. `text` is a traceback for the developers, never for a student."""

    text: str


Reply: TypeAlias = Preflighted | Seen | Explored | Moves | Drove | Stopped | Told | Ran | Refused | Failed


LASTING = Explored, Stopped
"""Replies after which the process waits for more."""


class Ready(Struct, frozen=True, tag="ready"):
    """The zygote's first word, on its own channel: everything is imported and given up; jobs may come."""


class Ended(Struct, frozen=True, tag="ended"):
    """The zygote's word: the process of job `number` is gone."""

    number: int
    status: int
    """As `os.waitstatus_to_exitcode` gives it: an exit code, or minus the number of a signal."""
    reason: Excess = ""


News: TypeAlias = Ready | Ended


class BoxRefused(BoxError):
    """The answer cannot be loaded, so that no job on it can begin; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


T = TypeVar("T")
# Possessive, and content with a string that never ends: linear in the length of whatever is sent.
_NESTING = re.compile(rb'"(?:[^"\\]++|\\(?:.|\Z))*+(?:"|\Z)|([\[{])|([\]}])', re.DOTALL)


def encode(message: Struct, limit: int = FRAME_BYTES, *, key: str = "") -> bytes:
    """`message` as a frame, behind `key`. Raises BoxBroke when it is longer than `limit` bytes."""
    body = key.encode() + msgspec.json.encode(message)
    if len(body) > limit:
        raise BoxBroke(f"a {type(message).__name__} of {len(body)} bytes is longer than the {limit} allowed")
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def decode(body: bytes, form: Any, *, key: str = "") -> Any:
    """The value of type `form` that `body` spells behind `key`. Raises BoxBroke on anything else."""
    if not body.startswith(key.encode()):
        raise BoxBroke("a frame came that the box's own code did not send: the answer writes into foreign descriptors")
    body = body[len(key) :]
    if body.count(b"[") + body.count(b"{") > DEPTH and _depth(body) > DEPTH:
        raise BoxBroke(f"a frame is nested deeper than {DEPTH} levels")
    try:
        return _decoder(form).decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, MemoryError) as error:
        raise BoxBroke(f"a frame is malformed: {error}") from None


@functools.cache
def _decoder(form: Any) -> msgspec.json.Decoder[Any]:
    # Made once: to take a union of forms apart takes ten times what decoding a message does.
    return msgspec.json.Decoder(form)


class Frames:
    """Cuts a stream of bytes into frames and counts them against the bounds."""

    def __init__(self, limit: int = FRAME_BYTES, total: int = TOTAL_BYTES) -> None:
        self._limit = limit
        self._left = total
        self._total = total
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Takes what was read. Raises BoxBroke when the job has sent more than its total."""
        self._left -= len(data)
        if self._left < 0:
            raise BoxBroke(f"the box sent more than {self._total} bytes in one job")
        self._buffer += data

    def renew(self) -> None:
        """What is allowed begins anew. Raises BoxBroke when something came that nobody had asked for."""
        if self._buffer:
            raise BoxBroke("the box spoke out of turn")
        self._left = self._total

    def take(self) -> bytes | None:
        """The next whole frame's body, or None. Raises BoxBroke when its length is out of bounds."""
        if len(self._buffer) < LENGTH_BYTES:
            return None
        length = int.from_bytes(self._buffer[:LENGTH_BYTES], "big")
        if length > self._limit:
            raise BoxBroke(f"a frame of {length} bytes is longer than the {self._limit} allowed")
        end = LENGTH_BYTES + length
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[LENGTH_BYTES:end])
        del self._buffer[:end]
        return body


def _depth(body: bytes) -> int:
    deepest = depth = 0
    for match in _NESTING.finditer(body):
        if match.group(1):
            depth += 1
            deepest = max(deepest, depth)
        elif match.group(2):
            depth -= 1
    return deepest
