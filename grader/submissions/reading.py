"""One answer from wherever it lies: a Python file, a notebook, or either of them in a folder or an archive."""

from __future__ import annotations

import io
import os
from pathlib import Path

from grader.course import ExerciseSpec
from grader.errors import SubmissionError
from grader.exercises import ExerciseOnDisk
from grader.submissions import git_repo
from grader.submissions.answer import Answer, LineMap, answer, printable
from grader.submissions.folder import Folder, SingleFile
from grader.submissions.holder import Holder
from grader.submissions.intake import ARCHIVE_BYTES, NOTEBOOK_BYTES, SOURCE_BYTES, bounded, read_bytes
from grader.submissions.kinds import looks_like_archive, looks_like_notebook
from grader.submissions.matching import choose
from grader.submissions.notebook import to_python
from grader.submissions.python_file import decode


def read(path: Path, module: str) -> Answer:
    """The answer for `module` ("printers.py") at `path`: .py, .ipynb, folder or archive.

    Raises SubmissionError, which says what is wrong and what to do.
    """
    if not path.is_symlink() and path.is_dir():
        git_repo.check_not_bare(path)
        return read_from(Folder(path), module)
    content = read_bytes(path, ARCHIVE_BYTES)
    if looks_like_archive(content[:512], path.name):
        from grader.submissions.archive import open_archive  # the readers of archives take as long as a small course

        return read_from(open_archive(io.BytesIO(content), path.name), module)
    return to_answer(content, path.name, module, origin=str(path))


def read_own(exercise: ExerciseOnDisk) -> Answer:
    """The answer in the exercise's own folder. Raises SubmissionError."""
    spec, given = exercise.spec, exercise.given
    if not os.path.lexists(exercise.stub):
        remedy = f"write your answer there, or mend module: {spec.module} in course.yaml"
        if given:
            # Then the name in course.yaml is right.
            kept = f"{given.parent.name}/{given.name}"
            remedy = f"copy {kept}, the file as it was handed out, there and write into it"
        message = f"there is no file exercises/{spec.folder}/{spec.module}"
        raise SubmissionError(message, remedy=remedy, slug="submission-missing")
    return read(exercise.stub, spec.module)


def read_from(holder: Holder, module: str) -> Answer:
    """The answer for `module` in a folder or archive, found by its name. Raises SubmissionError."""
    choice = choose(holder.names, _spec_of(module), only=True)
    if choice is None:
        raise _nothing(holder, module)
    return read_member(holder, choice.name, module, (*choice.notes, *holder.notes))


def read_member(holder: Holder, name: str, module: str, notes: tuple[str, ...] = ()) -> Answer:
    """The answer for `module` that lies in `holder` under `name`. Raises SubmissionError."""
    content = holder.read(name, NOTEBOOK_BYTES)
    origin = name if isinstance(holder, SingleFile) else f"{holder.label}: {name}"
    return to_answer(content, name, module, origin=origin, notes=notes)


def to_answer(content: bytes, name: str, module: str, *, origin: str, notes: tuple[str, ...] = ()) -> Answer:
    """The answer in the bytes of one file. Raises SubmissionError."""
    git_repo.check_not_pointer(content, name)
    line_map: LineMap = {}
    if ".ipynb" in name.rpartition("/")[2].lower() or looks_like_notebook(content):
        text, line_map, left_out = to_python(bounded(content, NOTEBOOK_BYTES, name), name)
        notes = (*notes, *left_out)
    else:
        text = decode(bounded(content, SOURCE_BYTES, name), name)
    return answer({module: text}, origin, notes, line_map)


def _spec_of(module: str) -> ExerciseSpec:
    """An exercise of which nothing is known but the module: its number and folder fit no name."""
    return ExerciseSpec(id="ex-1", folder="", title=module, module=module, points=0)


def _nothing(holder: Holder, module: str) -> SubmissionError:
    there = printable(", ".join(holder.names[:5])) + (" ..." if len(holder.names) > 5 else "") or "nothing"
    left_out = "".join(f"; {note}" for note in holder.notes)
    return SubmissionError(
        f"{holder.label!r} holds no {module} (there is: {there}{left_out})",
        remedy=f"put {module} or a notebook into it",
        slug="submission-missing",
    )
