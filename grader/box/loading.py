"""The preflight: can this answer be graded at all? Runs inside the box, before any check.

Each question is a function that gives the Problem it found, or None; the first problem ends the preflight.
The names required are the contract: those of the answer are compared with them.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import ModuleType

from grader.box import lookalikes
from grader.box.importing import Importing
from grader.box.protocol import Preflight, Preflighted, Problem
from grader.source_lines import source_lines

Send = Callable[[Preflighted], None]


def preflight(files: Mapping[str, str], module: str, job: Preflight, send: Send) -> Preflighted:
    """What keeps the answer from being graded, if anything. `send` is for an import that never comes back."""
    file = f"{module}.py"
    problem = _absent(files, file) or _empty(files, file) or _unreadable(files)
    if problem is not None:
        return Preflighted(problem)
    names = public_names(ast.parse(files[file]))
    problem = _not_begun(files, file, job.stub) or _forbidden(files, job)
    if problem is not None:
        return Preflighted(problem, names)
    importing = Importing(files, module, job.seconds, lambda endless: send(Preflighted(endless, names)))
    imported = importing.attempt()
    if isinstance(imported, Problem):
        return Preflighted(imported, names)
    notes = (f"{file} prints while it is imported",) if importing.printed else ()
    return Preflighted(_missing(imported, file, _required(job), names), names, notes)


def public_names(tree: ast.Module) -> tuple[str, ...]:
    """Functions, classes and methods without a leading underscore, in the order of the file; methods dotted."""
    return tuple(name for name, _ in _definitions(tree) if not any(part.startswith("_") for part in name.split(".")))


def _definitions(tree: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, ast.stmt]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield prefix + node.name, node
            yield from _definitions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, node


def _absent(files: Mapping[str, str], file: str) -> Problem | None:
    if file in files:
        return None
    near = _nearest(file, files)
    found = ", ".join(sorted(files)) or "no file at all"
    return Problem(
        "missing", f"{file} is not there; found {found}", file=file,
        remedy=f"rename {near[0]} to {file}" if near else f"write your answer into {file}",
    )  # fmt: skip


def _empty(files: Mapping[str, str], file: str) -> Problem | None:
    if files[file].strip():
        return None
    return Problem(
        "empty", f"{file} is empty", file=file,
        remedy="save your work in the editor, or get the exercise's file anew",
    )  # fmt: skip


def _unreadable(files: Mapping[str, str]) -> Problem | None:
    problems = (_syntax(file, source) for file, source in sorted(files.items()) if file.endswith(".py"))
    return next((problem for problem in problems if problem is not None), None)


def _syntax(file: str, source: str) -> Problem | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, file, "exec", dont_inherit=True)
    except SyntaxError as error:
        return _spelled(error, file, source)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return Problem("syntax", f"Python cannot read {file}: {error or type(error).__name__}", file)
    return None


def _spelled(error: SyntaxError, file: str, source: str) -> Problem:
    line = error.lineno or 0
    lines = source_lines(source)
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    saying = error.msg or "invalid syntax"
    alike = _lookalike(saying, text, error.offset or 1)
    if alike is not None:
        return Problem("syntax", _alike(alike), file, line, text, _instead(alike))
    return Problem("syntax", f"Python cannot read this line: {saying}", file, line, text, _way_out(text))


def _lookalike(saying: str, text: str, column: int) -> str | None:
    """The character because of which Python cannot read the line, if it is one that looks like another."""
    if saying.startswith(("invalid character", "invalid non-printable")):
        return lookalikes.first(text, max(0, column - 1))
    if saying.endswith(" literal"):
        # Early releases of Python 3.11 blame the number that such a character follows.
        return lookalikes.first(text[column : column + 1])
    return None


def _alike(character: str) -> str:
    meant = lookalikes.twin(character)
    shown = lookalikes.described(character)
    if not meant:
        return f"there is an invisible character in this line: {shown}"
    named = "a plain space" if meant == " " else f"the plain {meant}"
    return f"{shown} only looks like {named}"


def _instead(character: str) -> str:
    meant = lookalikes.twin(character)
    if not meant:
        return "delete the line and type it again"
    return f"type {'a space' if meant == ' ' else meant} here, with the keyboard set to English"


def _way_out(text: str) -> str:
    if text.startswith(("<<<<<<<", "=======", ">>>>>>>")):
        return "a merge conflict was left: keep one of the two versions and delete the marker lines"
    if text.lstrip().startswith(("!", "%")):
        return "this is a command of a notebook, not Python: delete the line"
    return ""


def _not_begun(files: Mapping[str, str], file: str, stub: str) -> Problem | None:
    if not stub or _syntax(file, stub) is not None:
        return None
    given, written = dict(_definitions(ast.parse(stub))), dict(_definitions(ast.parse(files[file])))
    gaps = [name for name, node in given.items() if _is_gap(node)]
    asked = [name for name, node in given.items() if _is_gap(node) or _is_public(name, node)]
    untouched = [name for name in asked if name in written and ast.dump(written[name]) == ast.dump(given[name])]
    if not gaps or untouched != asked or len(written) > len(given):
        return None
    if files[file] == stub and any(not _is_gap(node) for name, node in written.items() if _is_public(name, node)):
        # The stub was written in: with no copy of how it was given, what is no gap any more was written.
        return None
    node = written[gaps[0]]
    return Problem(
        "not-begun", f"{file} is still as it was given: {', '.join(gaps)} not written yet", file, node.lineno,
        source_lines(files[file])[node.lineno - 1], f"begin with {gaps[0]}: replace its `raise NotImplementedError`",
    )  # fmt: skip


def _is_public(name: str, node: ast.stmt) -> bool:
    hidden = any(part.startswith("_") for part in name.split("."))
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not hidden


def _is_gap(node: ast.stmt) -> bool:
    """Whether this function is left to the student: all it does is to raise NotImplementedError."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    last = node.body[-1]
    return isinstance(last, ast.Raise) and last.exc is not None and "NotImplementedError" in ast.unparse(last.exc)


def _forbidden(files: Mapping[str, str], job: Preflight) -> Problem | None:
    own = {file.removesuffix(".py") for file in files}
    for file, source in sorted(files.items()):
        for name, line in _imports(source if file.endswith(".py") else ""):
            if name.partition(".")[0] in own or _may_import(name, job):
                continue
            text = source_lines(source)[line - 1]
            with_these = f"solve it with {', '.join(job.allowed)}" if job.allowed else "build it yourself"
            return Problem(
                "forbidden", f"{file} imports {name}, which this exercise forbids", file, line, text, with_these
            )
    return None


def _may_import(name: str, job: Preflight) -> bool:
    if any(_covers(entry, name) for entry in job.forbidden):
        return False
    return job.allowed is None or any(_covers(entry, name) for entry in job.allowed)


def _imports(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module not in (None, "__future__"):
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _covers(entry: str, name: str) -> bool:
    return name == entry or name.startswith(f"{entry}.")


def _required(job: Preflight) -> tuple[str, ...]:
    named = job.required or not job.stub or _syntax("", job.stub) is not None
    return job.required if named else public_names(ast.parse(job.stub))


def _missing(imported: ModuleType, file: str, required: tuple[str, ...], names: tuple[str, ...]) -> Problem | None:
    lost = [name for name in required if not _has(imported, name)]
    # A class that is missing is named once, not with each of its methods.
    lost = [name for name in lost if name.rpartition(".")[0] not in lost]
    if not lost:
        return None
    message = f"{file} does not define {', '.join(lost)}"
    near = _nearest(lost[0], [name for name in names if name not in required])
    if not near:
        return Problem("missing", message, file, remedy=f"keep the names of the exercise: add {lost[0]}")
    strange = [character for character in near[0] if not character.isascii()]
    because = f": its {lookalikes.described(strange[0])} is not the ASCII letter" if strange else ""
    return Problem("missing", message, file, remedy=f"did you mean {lost[0]} where you wrote {near[0]}{because}?")


def _has(imported: ModuleType, name: str) -> bool:
    place: object = imported
    for part in name.split("."):
        try:
            place = getattr(place, part)
        except Exception:  # the answer may define what it likes, a __getattr__ that raises too
            return False
    return True


def _nearest(name: str, others: Iterable[str]) -> list[str]:
    # Imported here: most answers have all their names, and the import would cost each box more than a job does.
    import difflib

    return difflib.get_close_matches(name, list(others), 1)
