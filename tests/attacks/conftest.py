"""Attacks run only behind walls that stand: without walls they would hit this machine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "box"))  # the tests of the box have `boxes`


@pytest.fixture(autouse=True)
def walls_stand(request: pytest.FixtureRequest) -> None:
    """Those of the tier full, for every test that does not name its own."""
    from boxes import need

    if "tier" not in request.fixturenames:
        need("full")
