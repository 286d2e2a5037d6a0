"""The site as data: the same from the same seed, reachable as a whole, with what was asked for gone wrong."""

from __future__ import annotations

from random import Random

import msgspec
import pytest

from grader.web.site import CLOSED, ROBOTS, Page, Site, made

SEEDS = range(30)


def site(seed: int, **options: int) -> Site:
    return made(Random(seed), **options)  # type: ignore[arg-type]


def test_the_same_seed_makes_the_same_site() -> None:
    assert site(7) == site(7)
    assert site(7) != site(8)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_page_is_reached_from_the_first(seed: int) -> None:
    built = site(seed, pages=25, broken=2, moved=2, reset=2, closed=3)
    assert sorted(built.reachable()) == sorted(page.path for page in built.pages if page.path != ROBOTS)
    assert len({page.path for page in built.pages}) == 26


@pytest.mark.parametrize("seed", SEEDS)
def test_as_many_things_go_wrong_as_were_asked_for(seed: int) -> None:
    pages = site(seed, pages=40, broken=2, moved=3, reset=1, closed=4).pages
    assert sum(page.status == 500 for page in pages) == 2
    assert sum(page.status == 302 and bool(page.location) for page in pages) == 3
    assert sum(page.fails == "reset" for page in pages) == 1
    assert sum(page.path.startswith(CLOSED) for page in pages) == 4


def test_links_are_in_the_body() -> None:
    for page in site(3).pages:
        assert all(f'<a href="{link}">' in page.body for link in page.links)


def test_latencies_lie_between_the_bounds() -> None:
    pages = made(Random(1), latency=(30, 31)).pages
    assert {page.latency for page in pages if page.path != ROBOTS} <= {30, 31}


def test_what_is_not_there_is_404_at_once() -> None:
    page = site(1).page("/nothing")
    assert (page.status, page.latency) == (404, 0)


def test_robots_are_asked_to_stay_out() -> None:
    assert site(1, closed=1).page(ROBOTS).body == "User-agent: *\nDisallow: /closed/\n"


def test_a_site_crosses_the_border_as_json() -> None:
    built = site(5)
    assert msgspec.convert(msgspec.json.decode(msgspec.json.encode(built)), Site) == built


def test_one_page_is_a_site() -> None:
    assert site(1, pages=1, broken=0, moved=0).reachable() == ("/",)


def test_redirects_are_followed_by_those_who_look_for_pages() -> None:
    built = Site((Page("/", status=302, location="/a"), Page("/a", links=("/b",)), Page("/b"), Page("/c")))
    assert built.reachable() == ("/", "/a", "/b")
