"""ex20: many pages at once, but not too many. README.md tells the story; write what is marked TODO."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable


async def fetch_all(
    urls: Iterable[str], fetch: Callable[[str], Awaitable[str]], limit: int, timeout: float
) -> dict[str, str | Exception]:
    """What came of each of `urls`, by URL: what `await fetch(url)` gave, or the exception that it raised.

    Each URL is fetched once, however often it occurs. Pages are begun in the order of `urls`. At most `limit` (1 or
    more) fetches are under way at once; when one ends and pages are left, the next begins in the same moment.

    A fetch that takes longer than `timeout` seconds is cancelled; its result is a TimeoutError. The seconds count
    from the beginning of that fetch. What comes of one page changes nothing for the others.

    When this coroutine is cancelled, it cancels the fetches that are under way, begins no others, waits until all
    have ended, and lets the CancelledError out. Nothing in here blocks the event loop.
    """
    # TODO
    raise NotImplementedError("write fetch_all")


async def _made_up(url: str) -> str:
    await asyncio.sleep(len(url) / 10)
    if "broken" in url:
        raise OSError("no such page")
    return f"the text of {url}"


if __name__ == "__main__":
    pages = ["/", "/news", "/broken", "/a/very/long/way/to/go", "/about"]
    for url, text in asyncio.run(fetch_all(pages, _made_up, limit=2, timeout=1.5)).items():
        print(f"{url:24}", repr(text))
