"""The engine's compiled files: made by the parent, because the box cannot write and must start fast."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path


@cache
def freshen(paths: tuple[str, ...]) -> None:
    """Compiles what below `paths` has no compiled file or an older one. Where that cannot be written: nothing.

    Looks once a process: what it compiled is what it runs itself.
    """
    if sys.dont_write_bytecode:
        return
    for source in _stale(paths):
        import py_compile

        with contextlib.suppress(OSError, py_compile.PyCompileError):
            py_compile.compile(str(source), doraise=True)


def _stale(paths: Iterable[str]) -> Iterator[Path]:
    for path in paths:
        for source in _sources(path):
            compiled = cache_from_source(source)
            if _changed(compiled) < _changed(source):
                yield Path(source)


def _sources(path: str) -> Iterator[str]:
    if os.path.isfile(path):
        yield path
        return
    for folder, _, files in os.walk(path):
        yield from (os.path.join(folder, file) for file in files if file.endswith(".py"))


def _changed(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
