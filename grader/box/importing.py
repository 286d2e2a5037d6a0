"""One real import of an answer, inside the box: what went wrong, in the student's file and line."""

from __future__ import annotations

import builtins
import importlib
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType, TracebackType
from typing import TYPE_CHECKING, cast

from grader.box.protocol import PATIENCE, Problem
from grader.source_lines import source_lines

if TYPE_CHECKING:
    from importlib.abc import Loader

TOO_LONG = signal.SIGPROF
"""What tells an importing process that it will not come to an end: a timer of processor time, or `import_watch`."""
LONGEST_SAYING = 300


class Importing:
    """Imports `module` from `files` in this process, which is the job's own and is thrown away.

    Its own finder and loader; not by inheritance, as importing `importlib.abc` takes longer than a whole job.
    """

    def __init__(
        self, files: Mapping[str, str], module: str, seconds: float, endless: Callable[[Problem], None]
    ) -> None:
        self._files = files
        self._module = module
        self._seconds = seconds
        self._endless = endless
        self.printed = False

    def attempt(self) -> ModuleType | Problem:
        """The module, or why there is none."""
        sys.meta_path.insert(0, self)
        sys.stdout = sys.stderr = _Ear(self)
        builtins.input = _ask
        self._set_alarms()
        try:
            return importlib.import_module(self._module)
        except BaseException as error:
            return self._told(error)
        finally:
            signal.signal(TOO_LONG, signal.SIG_IGN)
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002  (the import system passes it)
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if f"{fullname}.py" not in self._files:
            return None
        return ModuleSpec(fullname, cast("Loader", self), origin=f"{fullname}.py")

    def create_module(self, _spec: ModuleSpec) -> None:
        """None: an ordinary module will do."""

    def exec_module(self, module: ModuleType) -> None:
        file = f"{module.__name__}.py"
        module.__file__ = file
        exec(compile(self._files[file], file, "exec", dont_inherit=True), module.__dict__)

    def _set_alarms(self) -> None:
        signal.signal(TOO_LONG, self._too_long)
        signal.setitimer(signal.ITIMER_PROF, self._seconds)
        if sys.platform != "linux":
            # There the zygote looks after those who wait, see `import_watch`.
            signal.signal(signal.SIGALRM, self._too_long)
            signal.setitimer(signal.ITIMER_REAL, self._seconds * PATIENCE)

    def _too_long(self, _signal: int, frame: FrameType | None) -> None:
        """Reports from within the handler: an exception raised here could be swallowed by the loop itself."""
        signal.signal(TOO_LONG, signal.SIG_IGN)  # once is enough
        places = [place for place in _places(frame) if place[0] in self._files]
        file, line = places[0] if places else (f"{self._module}.py", 0)
        told = f"importing {self._module}.py does not come to an end"
        if places and places[-1] != places[0]:
            began, at = places[-1]
            told += f"; it began in line {at} of {began}: {self._text(began, at).strip()}"
        remedy = 'only define things at the top level; put a trial run under `if __name__ == "__main__":`'
        self._endless(Problem("endless", told, file, line, self._text(file, line), remedy))

    def _told(self, error: BaseException) -> Problem:
        file, line = self._where(error)
        text = self._text(file, line)
        if isinstance(error, _AskedForInput):
            remedy = 'nobody is there to answer; put the question under `if __name__ == "__main__":`'
            return Problem("input", f"{file} calls input() while it is imported", file, line, text, remedy)
        if isinstance(error, SystemExit):
            remedy = 'take the call out, or put it under `if __name__ == "__main__":`'
            return Problem("exit", f"{file} ends the program while it is imported", file, line, text, remedy)
        remedy = f"a file that is imported must not fail; try `python {file}` yourself"
        return Problem("import", f"importing {self._module}.py raises {_said(error)}", file, line, text, remedy)

    def _where(self, error: BaseException) -> tuple[str, int]:
        """The innermost place in the student's own files."""
        place = f"{self._module}.py", 0
        trace: TracebackType | None = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename in self._files:
                place = trace.tb_frame.f_code.co_filename, trace.tb_lineno
            trace = trace.tb_next
        return place

    def _text(self, file: str, line: int) -> str:
        lines = source_lines(self._files.get(file, ""))
        return lines[line - 1] if 0 < line <= len(lines) else ""


class _AskedForInput(BaseException):
    """Not an Exception, so that the answer does not catch it by accident."""


class _Ear:
    """Standard output of an import: hears that there was something, keeps nothing."""

    def __init__(self, importing: Importing) -> None:
        self._importing = importing

    def write(self, text: str) -> int:
        self._importing.printed = True
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False


def _places(frame: FrameType | None) -> Iterator[tuple[str, int]]:
    """File and line of `frame` and of all that called it, the innermost first."""
    while frame is not None:
        yield frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back


def _ask(_prompt: object = "", /) -> str:
    raise _AskedForInput


def _said(error: BaseException) -> str:
    try:
        saying = str(error)[:LONGEST_SAYING]
    except BaseException:  # its __str__ is the answer's own code
        saying = "(its text cannot be shown)"
    return f"{type(error).__name__}: {saying}" if saying else type(error).__name__
