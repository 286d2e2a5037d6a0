"""For all tests: a cache of their own, so that nothing of the developer's decides, and nothing is left in it."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest


def pytest_configure(config: pytest.Config) -> None:
    home = tempfile.mkdtemp(prefix="threadmark-cache-")
    os.environ["XDG_CACHE_HOME"] = home
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
