"""A check that asks for a site: served inside the box, skipped where no box can serve."""

from __future__ import annotations

import os
from typing import Any

import pytest

from grader.box.parent import Box
from grader.box.protocol import Ran
from grader.box.sandbox import canary
from grader.box.sandbox.interpreter import this_interpreter
from grader.checks import Judge, judging, measurable, scenario
from grader.results import Tier
from grader.web.site import Page, Site

SITE = Site(tuple(Page(f"/{number}", f"page {number}", latency=40) for number in range(4)))
ANSWER = """
from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

def get(url):
    return urlopen(url).read().decode()

def get_all(urls):
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(get, urls))
"""


@scenario
def four_pages(answer: Any, web: str) -> Any:
    """get_all of four pages"""
    return answer.get_all([f"{web}/{number}" for number in range(4)])


def asked(tier: Tier | None) -> Ran:
    with Box({"answer.py": ANSWER}, "answer", tier=tier, as_root=tier == "limits") as box:
        judge = Judge(box, check="fetches", hint="", seed=1, races="warn")
        return judge.run(four_pages, site=SITE, allowed=lambda seen: len(seen) == 4, expected="four pages")


@pytest.mark.parametrize("tier", ["full", "limits"])
def test_a_site_is_served_inside_the_box(tier: Tier) -> None:
    if reason := measurable.unservable(tier):
        pytest.skip(reason)
    if tier == "full" and (why := canary.why_not_full(this_interpreter())):
        assert os.environ.get("CI") != "true", why
        pytest.skip(why)
    ran = asked(tier)
    web: Any = ran.facts["web"]
    assert ran.value == [f"page {number}" for number in range(4)]
    assert (web["makespan"], web["peak"]) == (0.04, 4)


def test_where_no_box_can_serve_the_check_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "unservable", lambda tier: "no server here")
    with pytest.raises(pytest.skip.Exception, match="no server here"):
        asked(None)


def test_without_h11_nothing_can_be_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurable.importlib.util, "find_spec", lambda name: None)
    assert measurable.unservable("full") == "the local web needs h11: `pip install threadmark[web]`"


def test_behind_landlock_there_is_no_network() -> None:
    assert "no network" in measurable.unservable("landlock")
