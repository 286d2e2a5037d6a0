"""SQLite: every grading ever made, by content. What makes `grade bulk` go on after it was killed.

A grading is known by what decides it: the exercise with its checks, the answer's text, the seed, the tier, the
grader's version. Each `put` is one transaction. The journal is a write-ahead log, so that readers never wait for
the writer, and it is synchronous in full: a grading that was reported as done survives a power cut, too, for a
price (one fsync) that is small beside what the grading took.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
from msgspec import Struct

from grader.errors import CourseError
from grader.results import ExerciseResult

APPLICATION = 0x67726164
"""In the file's header, so that somebody else's database is not taken for ours."""
LAYOUT = 1
PATIENCE = 30.0
"""Seconds to wait while another process writes."""

_LAYOUT = """
CREATE TABLE IF NOT EXISTS gradings (
    exercise TEXT NOT NULL,
    answer   TEXT NOT NULL,
    seed     INTEGER NOT NULL,
    tier     TEXT NOT NULL,
    grader   TEXT NOT NULL,
    result   BLOB NOT NULL,
    PRIMARY KEY (exercise, answer, seed, tier, grader)
) WITHOUT ROWID
"""


class Key(Struct, frozen=True):
    """What decides a grading."""

    exercise: str
    """`exercises.fingerprint`: the entry in course.yaml and all checks."""
    answer: str
    """`Answer.sha256`."""
    seed: int
    tier: str
    grader: str
    """The grader's version."""


class Store:
    """The gradings in one file; a context manager. Any number of readers may look on while one process writes.

    Every method may raise CourseError: the file is damaged, not ours, cannot be written, or locked for too long.
    """

    def __init__(self, path: Path) -> None:
        """Opens `path`, and makes it when it is not there."""
        self._path = path
        with self._clear_errors():
            self._database = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            with self._clear_errors():
                self._prepare()
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    def get(self, key: Key) -> ExerciseResult | None:
        """The grading of this key; None when there is none (or none that this version can read)."""
        query = "SELECT result FROM gradings WHERE (exercise, answer, seed, tier, grader) = (?, ?, ?, ?, ?)"
        with self._clear_errors():
            row = self._database.execute(query, _columns(key)).fetchone()
        return _decoded(row[0]) if row else None

    def put(self, key: Key, result: ExerciseResult) -> None:
        """Keeps a grading. When this returns, it is on the disk."""
        encoded = msgspec.json.encode(result, enc_hook=_spelled)
        with self._clear_errors():
            # outside BEGIN ... COMMIT each statement is a transaction of its own
            self._database.execute("REPLACE INTO gradings VALUES (?, ?, ?, ?, ?, ?)", (*_columns(key), encoded))

    def __len__(self) -> int:
        """How many gradings there are."""
        with self._clear_errors():
            return int(self._database.execute("SELECT count(*) FROM gradings").fetchone()[0])

    def _prepare(self) -> None:
        application, layout = self._pragma("application_id"), self._pragma("user_version")
        tables = self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and application != APPLICATION:
            raise self._unusable("is a database of something else", "name another folder after -o")
        if layout > LAYOUT:
            raise self._unusable(
                f"has layout {layout}, made by a newer grader", "update the grader, or take a new folder"
            )
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        if not tables:
            self._make()

    def _make(self) -> None:
        # in one transaction: a crash leaves an empty file or the whole layout
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute(_LAYOUT)
        self._database.execute(f"PRAGMA application_id = {APPLICATION}")
        self._database.execute(f"PRAGMA user_version = {LAYOUT}")
        self._database.execute("COMMIT")

    def _pragma(self, name: str) -> int:
        return int(self._database.execute(f"PRAGMA {name}").fetchone()[0])

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            remedy = "is another `grade bulk` at work on it, or the disk full, or the folder not yours to write?"
            raise self._unusable(f"cannot be used: {error}", remedy) from None
        except sqlite3.DatabaseError as error:
            remedy = f"move {self._path.name}* away (with -wal and -shm): what was in it is graded again"
            raise self._unusable(f"is damaged: {error}", remedy) from None

    def _unusable(self, problem: str, remedy: str) -> CourseError:
        return CourseError(f"the store {str(self._path)!r} {problem}", remedy=remedy, slug="store")


def _columns(key: Key) -> tuple[str, str, int, str, str]:
    return key.exercise, key.answer, key.seed, key.tier, key.grader


def _spelled(value: Any) -> str:
    if isinstance(value, Fraction):
        return str(value)
    raise NotImplementedError(type(value))


def _read(form: type, value: Any) -> Any:
    if form is Fraction and isinstance(value, str):
        return Fraction(value)
    raise NotImplementedError(form)


def _decoded(blob: bytes) -> ExerciseResult | None:
    try:
        return msgspec.json.decode(blob, type=ExerciseResult, dec_hook=_read)
    except (msgspec.MsgspecError, ValueError, TypeError, ZeroDivisionError):
        return None
