"""The public checks of ex20. The hidden ones draw pages, limits and the moment of a cancellation."""

from __future__ import annotations

import asyncio

from grader.checks import Inside, check, same, scenario


class Net:
    """A network that is made up: {url: {"seconds": ..., "fails": ...}}. Who is cut off needs half a second to leave."""

    def __init__(self, pages):
        self.pages = pages
        self.inside = Inside()
        self.asked, self.under_way, self.cut_off = [], [], []

    async def fetch(self, url):
        self.asked.append(url)
        self.under_way.append(url)
        try:
            with self.inside:
                await asyncio.sleep(self.pages[url]["seconds"])
        except asyncio.CancelledError:
            self.cut_off.append(url)
            await asyncio.sleep(0.5)
            raise
        finally:
            self.under_way.remove(url)
        if self.pages[url].get("fails"):
            raise OSError(url)
        return f"text of {url}"


def shown(results):
    """Results as JSON: texts, and the names of exceptions."""
    if not isinstance(results, dict):
        return f"no dict, but {type(results).__name__}"
    return {url: _shown(one) for url, one in results.items()}


def _shown(one):
    return "TimeoutError" if isinstance(one, TimeoutError) else type(one).__name__ if not isinstance(one, str) else one


def quick(*urls, seconds=1):
    return {url: {"seconds": seconds} for url in urls}


def texts(*urls):
    return {url: f"text of {url}" for url in urls}


@scenario
def crawled(answer, pages, limit, timeout):
    """fetch_all over {pages}, limit={limit}, timeout={timeout}"""
    return shown(asyncio.run(answer.fetch_all(list(pages), Net(pages).fetch, limit, timeout)))


@scenario
def crawled_each(answer, cases):
    """fetch_all(urls, fetch, limit=2, timeout=9) for urls in {cases}"""
    seen = []
    for urls in cases:
        net = Net({url: {"seconds": 1} for url in urls})
        results = shown(asyncio.run(answer.fetch_all(urls, net.fetch, 2, 9)))
        seen.append([results, sorted(net.asked)])
    return seen


@check(
    kind="EDGE", points="1/2", hint="No URLs at all, and one that occurs twice: what does dict.fromkeys do with them?"
)
def test_fetches_every_page_once(box):
    """Every page is fetched once, also when its URL occurs twice; no URLs, no pages."""
    cases = [["/a", "/b", "/c"], [], ["/a", "/b", "/a"]]
    wanted = [[texts(*urls), sorted(set(urls))] for urls in cases]
    box.call(crawled_each, cases=cases, expected=wanted)


@scenario
def crowd(answer, pages, limit):
    """fetch_all over {pages}, limit={limit}: how many fetches are under way at once?"""
    net = Net(pages)
    asyncio.run(answer.fetch_all(list(pages), net.fetch, limit, 99))
    return net.inside.most


@check(kind="SAFE", points=1, hint="Who counts the fetches under way? One semaphore for all of them, not one for each.")
def test_never_more_than_the_limit(box):
    """At most `limit` fetches are under way at once, in whatever order tasks go on."""
    for limit, pages in ((2, quick("/a", "/b", "/c")), (1, quick("/a", "/b"))):
        box.explore(
            crowd,
            pages=pages,
            limit=limit,
            allowed=lambda most, limit=limit: type(most) is int and most <= limit,
            expected=f"at most {limit} at once",
            executions=200,
        )


@check(kind="PAR", points="1/2", hint="When one of them ends, who begins in its place, and in which moment?")
def test_keeps_all_slots_busy(box):
    """As long as pages are left, `limit` of them are under way: the next begins as soon as one has ended."""
    pages = {"/long": {"seconds": 3}, **quick("/a", "/b", "/c")}
    box.makespan(crawled, pages=pages, limit=2, timeout=99, at_most=3.001, expected="3 s: /a, /b, /c beside /long")


@check(kind="EXC", points="1/2", hint="gather() without return_exceptions gives up at the first that raises.")
def test_one_failure_costs_only_itself(box):
    """A page that fails has its exception as its result; all others have their texts."""
    pages = quick("/a", "/broken", "/c")
    pages["/broken"]["fails"] = True
    wanted = {**texts("/a", "/c"), "/broken": "OSError"}
    box.explore(
        crawled,
        pages=pages,
        limit=2,
        timeout=9,
        allowed=lambda seen: same(seen, wanted),
        expected=str(wanted),
        executions=150,
    )


@scenario
def one_hangs(answer, pages, limit, timeout):
    """fetch_all over {pages}, limit={limit}, timeout={timeout}"""
    net = Net(pages)

    async def main():
        results = await answer.fetch_all(list(pages), net.fetch, limit, timeout)
        return {"results": shown(results), "cut off": sorted(net.cut_off)}

    return asyncio.run(main())


@check(
    kind="LIVE", points="1/2", hint="From when does a page's time count: from the start of the whole, or of its fetch?"
)
def test_each_page_has_a_time_limit_of_its_own(box):
    """A page that takes too long is cut off and is a TimeoutError; waiting for one's turn does not count."""
    pages = {"/a": {"seconds": 4}, "/hangs": {"seconds": 1000}, "/b": {"seconds": 4}, "/c": {"seconds": 4}}
    wanted = {"results": {**texts("/a", "/b", "/c"), "/hangs": "TimeoutError"}, "cut off": ["/hangs"]}
    box.call(
        one_hangs,
        pages=pages,
        limit=1,
        timeout=5,
        allowed=lambda seen: same(seen, wanted),
        expected=str(wanted),
    )


@scenario
def cancelled(answer, pages, limit, after):
    """fetch_all over {pages}, limit={limit}, cancelled after {after} s"""
    net = Net(pages)

    async def main():
        task = asyncio.create_task(answer.fetch_all(list(pages), net.fetch, limit, 99))
        await asyncio.sleep(after)
        asked = len(net.asked)
        task.cancel()
        try:
            await task
            out = "it returns"
        except asyncio.CancelledError:
            out = "CancelledError"
        seen = {"out": out, "still fetching": sorted(net.under_way), "tasks left": len(asyncio.all_tasks()) - 1}
        await asyncio.sleep(99)
        return {**seen, "begun later": net.asked[asked:]}

    return asyncio.run(main())


NOTHING_LEFT = {"out": "CancelledError", "still fetching": [], "tasks left": 0, "begun later": []}


@check(
    kind="CLEAN", points="1/2", hint="Who cancels the tasks that you have made, and who waits until they have ended?"
)
def test_a_cancelled_crawl_leaves_nothing(box):
    """When fetch_all is cancelled, it ends with CancelledError, and every fetch has ended by then."""
    box.explore(
        cancelled,
        pages=quick("/a", "/b", "/c", seconds=2),
        limit=2,
        after=1,
        allowed=lambda seen: same(seen, NOTHING_LEFT),
        expected="CancelledError comes out, no fetch under way, no task left",
        executions=100,
    )


@check(
    kind="BLOCK", points="1/2", hint="time.sleep() stops every task there is; so does a loop that asks again and again."
)
def test_never_blocks_the_loop(box):
    """No task keeps the event loop to itself, and none asks again and again whether it may begin."""
    seconds = round(box.random.randint(1_000, 9_000) / 7_919, 6)  # no multiple of any pause that one would poll with
    pages = quick("/a", "/b", "/c", seconds=seconds)
    box.explore(
        crawled,
        pages=pages,
        limit=1,
        timeout=99,
        clock="exact",
        executions=1,
        stall="fail",
        spin="fail",
        allowed=lambda seen: same(seen, texts(*pages)),
        expected="tasks that wait, await",
    )
    at_most = round(3 * seconds + 1e-6, 6)
    box.makespan(
        crawled, pages=pages, limit=1, timeout=99, at_most=at_most, expected="the next begins when one has ended"
    )
