"""The command line: arguments in, exit code out. Each command is a few lines; the work is elsewhere.

Imports are made in the command that needs them, so that `grade --help` costs nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import gc
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from grader.errors import EXIT_COURSE, EXIT_INTERNAL, GraderError, InternalError

COMMANDS = ("all", "watch", "hint", "show", "replay", "bulk", "release", "new", "selfcheck", "doctor", "schema")
FORMATS = ("text", "json", "junit", "github", "classroom50", "gradescope", "html", "markdown")
WITH_VALUE = (
    "--format", "--output", "-o", "--seed", "--tier", "--html", "--jobs", "-j", "--exercise", "--after", "--points",
    "--seeds",
)  # fmt: skip
"""Options whose next word is their value, in any command: it is not the name of one."""
OBJECTS_PER_COLLECTION = 500_000
"""Hardly any of what is imported is garbage, and looking for it takes longer than much that is done here."""
LARGEST_SEED = 2**63 - 1
"""What a column of SQLite holds: what can be graded at a desk can be graded in bulk."""

OVERVIEW = """\
  grade                      where am I: the exercises, what is done, what comes next
  grade ex04 [ANSWER]        grade the working tree's answer, or ANSWER: .py, .ipynb, folder, archive
  grade all                  every exercise
  grade watch ex04           grade again on every save
  grade hint ex04            the next stage of the hint
  grade show ex04            the task
  grade replay ex04 TOKEN    step through a failing schedule; --html FILE: in a browser
  grade bulk PATH... -o OUT  many submissions: gradebook, results, a feedback file each
  grade release DIR          the student's edition: no solutions, no hidden checks
  grade new SLUG             a new exercise, ready to be filled in
  grade selfcheck [ex04]     prove that the checks pass right answers and fail wrong ones
  grade doctor               what this machine can do, and what would make it stronger
  grade schema               the JSON Schema of course.yaml, for editors
"""


def run() -> NoReturn:
    """The command `grade`, from its first line to the end of the process."""
    gc.set_threshold(OBJECTS_PER_COLLECTION)
    _open_streams()
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    # All that was opened is closed. To take the interpreter apart as well takes as long as a dozen checks.
    os._exit(code)


def _open_streams() -> None:
    """What the caller has closed becomes a stream that holds nothing: a mark needs no reader.

    In this order each gets its own number, which else the next file or pipe to be opened would get.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  (open until the end)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 all passed, 1 a check failed, 2 course or command line wrong, 3 our fault."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _dispatch(words)
        print(end="", flush=True)
        return code
    except InternalError as error:
        return _our_fault(error)
    except GraderError as error:
        print(f"grade: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("grade: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_COURSE
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            return _our_fault(error)
        place = error.filename or "what it says"
        print(f"grade: no room is left to write {place}: make some, then type the same again", file=sys.stderr)
        return EXIT_COURSE
    except Exception as error:
        return _our_fault(error)


def _dispatch(words: list[str]) -> int:
    place = _first(words)
    if place is None and not {"-h", "--help", "--version"} & set(words):
        return _where(_parser("where").parse_args(words))
    if place is not None and words[place] in COMMANDS:
        command = words.pop(place)
        return _RUN[command](_parser(command).parse_args(words))
    return _grade(_parser("grade").parse_args(words))


def _first(words: list[str]) -> int | None:
    """The place of the first word that is neither an option nor the value of one; None where there is none."""
    before = ["", *words]
    places = (place for place, word in enumerate(words) if not word.startswith("-") and before[place] not in WITH_VALUE)
    return next(places, None)


def _parser(command: str) -> argparse.ArgumentParser:
    name = "grade" if command in ("grade", "where") else f"grade {command}"
    parser = argparse.ArgumentParser(
        prog=name,
        epilog=OVERVIEW if name == "grade" else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Grade concurrent Python by controlled scheduling." if name == "grade" else None,
        allow_abbrev=False,
    )
    _ARGUMENTS[command](parser)
    return parser


def _reporting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=FORMATS, default="text", help="what to write (default: text)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to write it (default: the terminal)")
    parser.add_argument("--no-color", action="store_true", help="plain text; NO_COLOR does the same")
    _trusting(parser)
    _seeding(parser)


def _trusting(parser: argparse.ArgumentParser) -> None:
    words = "record marks in the tier limits too"
    parser.add_argument("--i-trust-these-submissions", action="store_true", dest="trusted", help=words)


def _seeding(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="every random draw comes from it (default: 0)"
    )
    parser.add_argument("--public", action="store_true", help="leave the hidden checks out")
    parser.add_argument(
        "--tier", choices=("full", "landlock", "limits"), help="how strong a box (default: the strongest)"
    )


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    if int(text) > LARGEST_SEED:
        raise argparse.ArgumentTypeError(f"{text!r} is larger than {LARGEST_SEED}")
    return int(text)


def _count(text: str) -> int:
    """How many of something, of which none at all would make no sense."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def _exercise(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    words = "ex04, 4, printers: any of them names the exercise"
    parser.add_argument("exercise", nargs="?" if optional else None, help=words)


def _grade_arguments(parser: argparse.ArgumentParser) -> None:
    from grader.version import VERSION

    parser.add_argument("--version", action="version", version=f"grade {VERSION}")
    _exercise(parser)
    parser.add_argument(
        "answer", nargs="?", type=Path, help="a .py, .ipynb, folder or archive; else the working tree's"
    )
    _reporting(parser)


def _exercise_arguments(parser: argparse.ArgumentParser) -> None:
    _exercise(parser)


def _watch_arguments(parser: argparse.ArgumentParser) -> None:
    _exercise(parser)
    _seeding(parser)


def _replay_arguments(parser: argparse.ArgumentParser) -> None:
    _exercise(parser)
    parser.add_argument("token", help="the word after `replay` in a report")
    parser.add_argument(
        "answer", nargs="?", type=Path, help="the answer that the report was about, if not the working tree's"
    )
    parser.add_argument("--all", action="store_true", help="print every step at once instead of one a key press")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page to step through in a browser instead")
    parser.add_argument("--no-color", action="store_true")


def _bulk_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="folders, or archives downloaded from an LMS"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="the folder for all results")
    parser.add_argument(
        "-j", "--jobs", type=_count, default=0, metavar="N", help="worker processes (default: one a core)"
    )
    parser.add_argument("--exercise", help="what the files are answers to, where their names do not say it")
    _trusting(parser)
    _seeding(parser)


def _release_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder that is empty or not there yet")


def _new_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slug", help="like bounded_buffer")
    parser.add_argument("--after", metavar="EX", help="the exercise that it follows (default: the last)")
    parser.add_argument("--points", type=int, default=5)


def _selfcheck_arguments(parser: argparse.ArgumentParser) -> None:
    _exercise(parser, optional=True)
    parser.add_argument(
        "--seeds", type=_count, default=0, metavar="N", help="seeds for each right answer (default: 20)"
    )
    parser.add_argument(
        "-j", "--jobs", type=_count, default=0, metavar="N", help="worker processes (default: one a core)"
    )


def _no_arguments(_: argparse.ArgumentParser) -> None:
    return


def _grade(asked: argparse.Namespace) -> int:
    from grader.desk import grade_one

    return grade_one(asked)


def _all(asked: argparse.Namespace) -> int:
    from grader.desk import grade_all

    return grade_all(asked)


def _where(asked: argparse.Namespace) -> int:
    from grader.desk import where_am_i

    return where_am_i(asked)


def _watch(asked: argparse.Namespace) -> int:
    from grader.desk import course, options
    from grader.watch import watch

    return watch(course(), asked.exercise, options(asked))


def _hint(asked: argparse.Namespace) -> int:
    from grader.desk import hint

    return hint(asked)


def _show(asked: argparse.Namespace) -> int:
    from grader.desk import show

    return show(asked)


def _replay(asked: argparse.Namespace) -> int:
    from grader.desk import course
    from grader.stepping import step_through, write_page

    if asked.html is not None:
        return write_page(course(), asked.exercise, asked.token, asked.answer, asked.html)
    return step_through(course(), asked.exercise, asked.token, asked.answer, asked.all)


def _bulk(asked: argparse.Namespace) -> int:
    from grader.bulk.engine import bulk
    from grader.desk import options, whole_course

    return bulk(whole_course(), asked.paths, asked.output, options(asked), asked.jobs, asked.exercise, asked.trusted)


def _release(asked: argparse.Namespace) -> int:
    from grader.desk import whole_course
    from grader.release import release

    return release(whole_course(), asked.folder)


def _new(asked: argparse.Namespace) -> int:
    from grader.desk import whole_course
    from grader.scaffold import new_exercise

    return new_exercise(whole_course(), asked.slug, after=asked.after, points=asked.points)


def _selfcheck(asked: argparse.Namespace) -> int:
    from grader.desk import whole_course
    from grader.selfcheck import selfcheck

    return selfcheck(whole_course(), asked.exercise, seeds=asked.seeds, jobs=asked.jobs)


def _doctor(_: argparse.Namespace) -> int:
    from grader.doctor import doctor

    return doctor()


def _schema(_: argparse.Namespace) -> int:
    import json

    from grader.course import json_schema

    print(json.dumps(json_schema(), indent=2))
    return 0


_RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "all": _all,
    "watch": _watch,
    "hint": _hint,
    "show": _show,
    "replay": _replay,
    "bulk": _bulk,
    "release": _release,
    "new": _new,
    "selfcheck": _selfcheck,
    "doctor": _doctor,
    "schema": _schema,
}

_ARGUMENTS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "grade": _grade_arguments,
    "where": _reporting,
    "all": _reporting,
    "watch": _watch_arguments,
    "hint": _exercise_arguments,
    "show": _exercise_arguments,
    "replay": _replay_arguments,
    "bulk": _bulk_arguments,
    "release": _release_arguments,
    "new": _new_arguments,
    "selfcheck": _selfcheck_arguments,
    "doctor": _no_arguments,
    "schema": _no_arguments,
}


def _our_fault(error: Exception) -> int:
    """Say that it is our fault, and write what a report needs into a file."""
    import platform
    import tempfile
    import traceback

    from grader.version import VERSION

    with tempfile.NamedTemporaryFile(
        "w", prefix="grade-report-", suffix=".log", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as log:
        print(f"grader {VERSION}, Python {platform.python_version()}, {platform.platform()}", file=log)
        print(f"arguments: {sys.argv[1:]}", file=log)
        traceback.print_exception(error, file=log)
    summary = f"{type(error).__name__}: {error}".split("\n")[0]
    print(f"The grader itself failed (this costs no points).\n  {summary}", file=sys.stderr)
    print(f"  Please send {log.name} to the course team; it holds versions and the traceback.", file=sys.stderr)
    return EXIT_INTERNAL
