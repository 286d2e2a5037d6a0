"""One browser for a module's tests of pages."""

from __future__ import annotations

import os
from collections.abc import Iterator

import browser
import pytest


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Browser]:
    program = browser.program()
    if program is None:
        assert os.environ.get("CI") != "true", "CI must have Chromium: .ci/run installs it"
        pytest.skip("no Chromium here: apt install chromium")
    with browser.running(program, tmp_path_factory.mktemp("profile")) as started:
        started.resize(1280, 800)
        yield started
