"""Tracebacks: the private copy of `traceback`, which leaves out what is ours.

Nobody wrote that, and where it lies differs from machine to machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

OURS = str(Path(__file__).parent.parent)
WALKS = ("walk_tb", "walk_stack", "_walk_tb_with_full_positions")
"""Functions of the module through which all others go over frames; the last is there from Python 3.11 on."""


def patch(module: Any) -> None:
    """A fresh copy, of which nobody has been asked anything yet."""
    for name in WALKS:
        setattr(module, name, _without_ours(getattr(module, name)))


def _without_ours(
    walk: Callable[..., Iterator[tuple[FrameType, Any]]],
) -> Callable[..., Iterator[tuple[FrameType, Any]]]:
    def walked(*args: Any) -> Iterator[tuple[FrameType, Any]]:
        if args == (None,):
            return walk(*args)  # it counts the frames to the one that asks
        return ((frame, place) for frame, place in walk(*args) if not _is_ours(frame.f_code))

    walked.__name__, walked.__doc__ = walk.__name__, walk.__doc__
    return walked


def _is_ours(code: CodeType) -> bool:
    return code.co_filename.startswith(OURS)
