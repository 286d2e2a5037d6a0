"""Attacks run only behind walls that stand: without walls they would hit this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from grader.results import Tier

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "box"))  # the tests of the box have `boxes`


@pytest.fixture(autouse=True)
def walls_stand(request: pytest.FixtureRequest) -> None:
    """Those of the tier full, for every test that does not name its own."""
    from boxes import need

    if "tier" not in request.fixturenames:
        need("full")


@pytest.fixture(params=["full", "landlock"])
def tier(request: pytest.FixtureRequest) -> Iterator[Tier]:
    from boxes import need

    need(request.param)
    before = set(os.listdir("/dev/shm"))
    yield cast(Tier, request.param)
    # What a box without namespaces that has our own user cannot be kept from leaving.
    for name in set(os.listdir("/dev/shm")) - before:
        if name.startswith(("fill", "inode")):
            os.unlink(f"/dev/shm/{name}")
