"""What cannot be measured or shown on this machine, and why: never guessed, never held against an answer."""

from __future__ import annotations

import importlib.util
import sys
from typing import NoReturn

from grader.box.protocol import StartMethod
from grader.cores import quota
from grader.results import Tier


def unmeasurable(workers: int) -> str:
    """Why no speed-up by so many workers can be measured by this process; empty when it can."""
    bound = quota()
    if bound is not None and bound < workers:
        return f"the control group allows {bound:g} of a processor's time, and it takes {workers}"
    return "" if sys.platform == "linux" else f"{sys.platform} does not tell what waits for a processor"


def unservable(tier: Tier) -> str:
    """Why no site can be served to real processes in a box of this tier; empty when it can."""
    if tier == "landlock":
        return "in a box without namespaces (tier landlock) there is no network, not even with oneself"
    if sys.platform != "linux":
        return f"{sys.platform} does not tell who waits for an answer"
    if importlib.util.find_spec("h11") is None:
        return "the local web needs h11: `pip install threadmark[web]`"
    return ""


def instead_of(method: StartMethod | None, tier: Tier) -> StartMethod | None:
    """The start method to use in a box of this tier: `forkserver` where its server can be reached, else `spawn`."""
    return "spawn" if method == "forkserver" and tier == "landlock" else method


def skip(reason: str) -> NoReturn:
    """Leave the check out, with the reason. It gives no points."""
    import pytest

    pytest.skip(reason)
