"""The hidden checks of ex20: pages, limits and the moment of a cancellation are drawn."""

from __future__ import annotations

import asyncio
import heapq

from grader.checks import check, same, scenario

TIMEOUT = 5
LEAVING = 0.25


async def fetch_made_up(pages, under_way, url):
    """A page of {pages} takes its seconds and then fails, or not; who is cut off needs a moment to leave."""
    under_way.append(url)
    try:
        await asyncio.sleep(pages[url]["seconds"])
    except asyncio.CancelledError:
        await asyncio.sleep(LEAVING)
        raise
    finally:
        under_way.remove(url)
    if pages[url]["fails"]:
        raise LookupError(url)
    return url.upper()


def named(one):
    return "TimeoutError" if isinstance(one, TimeoutError) else one if isinstance(one, str) else type(one).__name__


@scenario
def crawl(answer, pages, limit):
    """fetch_all over {pages}, limit={limit}, timeout=5"""

    async def fetch(url):
        return await fetch_made_up(pages, [], url)

    results = asyncio.run(answer.fetch_all(iter(pages), fetch, limit, 5))
    return {url: named(one) for url, one in results.items()} if isinstance(results, dict) else str(type(results))


def drawn(random, count):
    """Pages with drawn seconds, never just the time limit; one of them fails, one never comes."""
    names = random.sample(["/news", "/about", "/shop", "/faq", "/jobs", "/map", "/log", "/wiki", "/team"], count)
    pages = {name: {"seconds": random.randint(1, 39) / 8 - 0.001, "fails": False} for name in names}
    pages[names[0]]["fails"] = True
    pages[names[count // 2]]["seconds"] = 60.0
    return pages


def outcome(page, url):
    if page["seconds"] > TIMEOUT:
        return "TimeoutError"
    return "LookupError" if page["fails"] else url.upper()


def ends(pages, limit, leaving=LEAVING):
    """When each page ends, if it begins in the first slot that is free; who is cut off leaves a little later."""
    slots, moments = [0.0] * limit, {}
    for url, page in pages.items():
        seconds = page["seconds"] if page["seconds"] <= TIMEOUT else TIMEOUT + leaving
        moments[url] = slots[0] + seconds
        heapq.heapreplace(slots, moments[url])
    return moments


def tells(pages, limit):
    """Whether what goes wrong shows: a page that comes in time ends after what would be the limit of all together, and
    nobody waits for the one that never comes, so that whoever lets it go on has it leave after all others."""
    moments = ends(pages, limit)
    late = any(moments[url] > TIMEOUT + LEAVING for url in pages if outcome(pages[url], url) == url.upper())
    return late and max(moments.values()) == max(ends(pages, limit, leaving=0.0).values())


@check(kind="PAR", points="1/2", hint="Work out by hand which page begins when, with three slots and seven pages.")
def test_many_pages_of_all_kinds(box):
    """Seven pages that take drawn times, one that fails, one that never comes: right results, in the shortest time."""
    pages, limit = drawn(box.random, 7), box.random.randint(2, 3)
    while not tells(pages, limit):
        pages = drawn(box.random, 7)
    wanted = {url: outcome(page, url) for url, page in pages.items()}
    box.call(crawl, pages=pages, limit=limit, allowed=lambda seen: same(seen, wanted), expected=str(wanted))
    at_most = round(max(ends(pages, limit).values()) + 1e-6, 6)
    box.makespan(crawl, pages=pages, limit=limit, at_most=at_most, expected=f"{at_most:g} s: no slot is ever empty")


@scenario
def cut_off(answer, pages, limit, after):
    """fetch_all over {pages}, limit={limit}, cancelled after {after} s: what is still under way when it is out?"""
    under_way, begun = [], []

    async def fetch(url):
        begun.append(url)
        return await fetch_made_up(pages, under_way, url)

    async def main():
        task = asyncio.create_task(answer.fetch_all(list(pages), fetch, limit, 99))
        await asyncio.sleep(after)
        task.cancel()
        begun.clear()
        await asyncio.wait([task])
        left = {"under way": sorted(under_way), "tasks": len(asyncio.all_tasks()) - 1, "begun since": sorted(begun)}
        return {"cancelled": task.cancelled(), **left}

    return asyncio.run(main())


NOTHING_LEFT = {"cancelled": True, "under way": [], "tasks": 0, "begun since": []}


@check(
    kind="CLEAN", points="1/2", hint="Some have ended, some are under way, some have not begun: what becomes of each?"
)
def test_cancelled_in_the_middle(box):
    """Cancelled at a drawn moment, with pages done, under way and not begun: nothing is left."""
    # The last one is long: whoever begins too many at once, which is another check's business, is not done before.
    pages = {f"/{number}": {"seconds": 2.0 if number < 6 else 60.0, "fails": False} for number in range(7)}
    after = box.random.choice([2.5, 4.5])
    box.explore(
        cut_off,
        pages=pages,
        limit=2,
        after=after,
        allowed=lambda seen: same(seen, NOTHING_LEFT),
        expected="it is cancelled, no fetch is under way, no task is left",
        executions=80,
    )
