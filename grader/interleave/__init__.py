"""The interleaving engine: runs a program under every order in which its threads can be interleaved.

For other people's test suites: `from grader.interleave import explore` (see `alone`, `pytest_plugin`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.interleave.alone import Explored, Violation, explore

__all__ = ["Explored", "Violation", "explore"]


def __getattr__(name: str) -> object:
    # On first use: the parts of the engine import this package, too.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from grader.interleave import alone

    return getattr(alone, name)
