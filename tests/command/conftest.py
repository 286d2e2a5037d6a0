"""A desk in a copy of the course, so that no test touches the repository's own files."""

from __future__ import annotations

from pathlib import Path

import pytest
from at_a_desk import Desk, copy_course


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    root = copy_course(tmp_path / "course")
    monkeypatch.chdir(root)
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    return Desk(root, capsys)
