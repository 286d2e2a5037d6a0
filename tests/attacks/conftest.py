"""Attacks run only behind walls that stand: in a weaker tier, or as root without walls, they would hit this machine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "box"))  # the tests of the box have `boxes`


@pytest.fixture(scope="session", autouse=True)
def walls_stand() -> None:
    from boxes import need_full

    need_full()
