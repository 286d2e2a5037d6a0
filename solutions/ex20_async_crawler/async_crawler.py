"""ex20: many pages at once, but not too many. A task for each page; a semaphore lets in as many as are allowed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable


async def fetch_all(
    urls: Iterable[str], fetch: Callable[[str], Awaitable[str]], limit: int, timeout: float
) -> dict[str, str | Exception]:
    """What came of each of `urls`, by URL: what `await fetch(url)` gave, or the exception that it raised."""
    gate = asyncio.Semaphore(limit)  # one for all: who waits here is let in first come, first served

    async def result_of(url: str) -> str | Exception:
        async with gate:
            try:
                # Inside the gate, so that waiting for one's turn does not count.
                return await asyncio.wait_for(fetch(url), timeout)
            except Exception as error:  # not CancelledError, which is none: that must get through
                return error

    pages = list(dict.fromkeys(urls))
    # Nothing raises in there; but only so does a gather that is cancelled wait until all its tasks have ended.
    results = await asyncio.gather(*(result_of(url) for url in pages), return_exceptions=True)
    return dict(zip(pages, results, strict=True))


async def _made_up(url: str) -> str:
    await asyncio.sleep(len(url) / 10)
    if "broken" in url:
        raise OSError("no such page")
    return f"the text of {url}"


if __name__ == "__main__":
    pages = ["/", "/news", "/broken", "/a/very/long/way/to/go", "/about"]
    for url, text in asyncio.run(fetch_all(pages, _made_up, limit=2, timeout=1.5)).items():
        print(f"{url:24}", repr(text))
