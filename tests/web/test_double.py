"""The double: pages, failures and redirects as from the server; waiting by whatever sleep it is given."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from grader.interleave import explorer, program
from grader.trace import Outcome
from grader.web.double import Double, WebError
from grader.web.site import Page, Site

SITE = Site(
    (
        Page("/", "home", latency=50),
        Page("/old", status=302, location="/", latency=20),
        Page("/loop", status=301, location="/loop", latency=1),
        Page("/broken", status=500, latency=10),
        Page("/reset", fails="reset"),
        Page("/cut", "half of it", fails="cut"),
    )
)


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def web(slept: list[float]) -> Double:
    return Double(SITE, slept.append)


def test_a_page_takes_its_latency(web: Double, slept: list[float]) -> None:
    assert web.fetch("http://site/") == "home"
    assert web.fetch("/") == "home"
    assert slept == [0.05, 0.05]


def test_a_redirect_costs_both(web: Double, slept: list[float]) -> None:
    assert web.fetch("http://site/old?x=1") == "home"
    assert slept == [0.02, 0.05]
    assert web.asked == ["/old", "/"]


@pytest.mark.parametrize(("path", "status"), [("/broken", 500), ("/none", 404), ("/loop", 301)])
def test_a_status_is_an_error_that_says_it(web: Double, path: str, status: int) -> None:
    with pytest.raises(WebError, match=str(status)) as raised:
        web.fetch(path)
    assert raised.value.status == status
    assert isinstance(raised.value, OSError)


def test_broken_connections_raise(web: Double) -> None:
    with pytest.raises(ConnectionResetError):
        web.fetch("/reset")
    with pytest.raises(EOFError):
        web.fetch("/cut")
    assert web.peak == 1


def test_a_site_in_json_will_do(slept: list[float]) -> None:
    assert Double(msgspec.to_builtins(SITE), slept.append).fetch("/") == "home"


def test_coroutines_await_it() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def crawl() -> list[str]:
        web = Double(SITE, sleep)
        return [await web.fetch_async("/"), await web.fetch_async("/old")]

    assert asyncio.run(crawl()) == ["home", "home"]
    assert waited == [0.05, 0.02, 0.05]


SCENARIO = """
import threading, time
from grader.web.double import Double

def crawl(answer, site, workers):
    web = Double(site, time.sleep)
    paths = [page["path"] for page in site["pages"]]
    def work(first):
        for path in paths[first::workers]:
            web.fetch(path)
    threads = [threading.Thread(target=work, args=(first,)) for first in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return web.peak
"""


@pytest.mark.parametrize(("workers", "seconds"), [(1, 1.0), (5, 0.2), (20, 0.05)])
def test_under_the_engine_waiting_is_virtual_and_exact(workers: int, seconds: float) -> None:
    site = msgspec.to_builtins(Site(tuple(Page(f"/{number}", latency=50) for number in range(20))))
    seen: list[Outcome] = []
    loaded = program.load({"answer.py": ""}, "answer", SCENARIO, "test_web.py")
    plan = explorer.Plan(executions=1, clock="exact")
    explorer.explore(
        loaded, "crawl", {"site": site, "workers": workers}, plan, lambda outcome: bool(seen.append(outcome))
    )
    (outcome,) = seen
    assert (outcome.ending, outcome.value) == ("done", workers), outcome
    assert outcome.makespan == pytest.approx(seconds)
