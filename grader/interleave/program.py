"""Program: an answer and its scenarios, rewritten and compiled once, run many times."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader.errors import GraderError
from grader.interleave.engine import Engine


class LoadProblem(GraderError):
    """The answer cannot be run at all. `kind`: "syntax", "import", "name" or "forbidden"."""

    def __init__(self, kind: str, message: str, file: str = "", line: int = 0, text: str = "") -> None:
        super().__init__(message)
        self.kind, self.message, self.file, self.line, self.text = kind, message, file, line, text


class Program:
    engine: Engine

    def preflight(self) -> None:
        """Import the answer once, under control. Raises LoadProblem."""

    def execution(self, scenario: str, arguments: Mapping[str, object]) -> Callable[[], object]:
        """What `engine.run` takes. Raises LoadProblem when there is no such scenario."""
        raise NotImplementedError


def load(
    files: Mapping[str, str],
    module: str,
    scenarios_source: str,
    scenarios_file: str,
    *,
    forbidden: tuple[str, ...] = (),
) -> Program:
    """Rewrite and compile `files` ({"printers.py": source}) and the scenarios. Raises LoadProblem."""
    raise NotImplementedError
