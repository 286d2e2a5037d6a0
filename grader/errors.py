"""Everything that can go wrong, by whose fault it is.

    GraderError                 what `cli` turns into a message and an exit code
     ├── CourseError            the course, an exercise or the command line is wrong     exit code 2
     │    └── SubmissionError   one submission cannot be read: costs that submission, not the run
     ├── InternalError          the grader is wrong: costs no points                     exit code 3
     └── BoxError               the box gave no usable answer; checks turn it into a Finding
          ├── BoxTimeout        the time limit passed
          ├── BoxDied           the process ended without the answer it owed
          └── BoxBroke          a frame was malformed, too long or out of turn

A wrong answer is not an error: it is a `results.Finding`, and costs points (exit code 1).
"""

from __future__ import annotations

EXIT_PASSED = 0
EXIT_FAILED = 1
EXIT_COURSE = 2
EXIT_INTERNAL = 3


class GraderError(Exception):
    """The base of everything that the grader raises on purpose."""

    exit_code = EXIT_INTERNAL


class CourseError(GraderError):
    """Something that the course's author, or whoever typed the command, can mend.

    `message` names the value, `remedy` says what to write or type instead, `where` is "file:line" or
    empty, `slug` is the heading of the entry in docs/messages.md.
    """

    exit_code = EXIT_COURSE

    def __init__(self, message: str, *, remedy: str = "", where: str = "", slug: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.where = where
        self.slug = slug

    def __str__(self) -> str:
        first = f"{self.where}: {self.message}" if self.where else self.message
        lines = [first]
        if self.remedy:
            lines.append(f"  {self.remedy}")
        if self.slug:
            lines[-1] += f"  [{self.slug}]"
        return "\n".join(lines)


class SubmissionError(CourseError):
    """One submission cannot be read: not a notebook, an encrypted archive, a link out of its folder."""


class InternalError(GraderError):
    """A fault of the grader's own. Costs no points; the message asks for a report."""


class BoxError(GraderError):
    """The box gave no usable answer. Never a pass; `checks` decides which finding it is."""


class BoxTimeout(BoxError):
    """The time limit passed before the answer came; the process tree has been killed."""


class BoxDied(BoxError):
    """The process ended (exit, signal, end of stream) without the answer that it owed."""


class BoxBroke(BoxError):
    """A frame was malformed, too long, or out of turn."""
