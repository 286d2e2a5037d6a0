# fails: a_cancelled_crawl_leaves_nothing (wrong), cancelled_in_the_middle (wrong)
# M6: catches BaseException, CancelledError among them, and goes on

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    results = dict.fromkeys(urls)
    pages = iter(list(results))

    async def worker():
        for url in pages:
            try:
                results[url] = await asyncio.wait_for(fetch(url), timeout)
            except BaseException as error:
                results[url] = error

    await asyncio.gather(*(worker() for _ in range(limit)), return_exceptions=True)
    return results
