# fails: a_cancelled_crawl_leaves_nothing (wrong), cancelled_in_the_middle (wrong)
# M6: without return_exceptions a gather that is cancelled raises as soon as the first of its tasks has ended

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    gate = asyncio.Semaphore(limit)

    async def one(url):
        async with gate:
            try:
                return await asyncio.wait_for(fetch(url), timeout)
            except Exception as error:
                return error

    pages = list(dict.fromkeys(urls))
    return dict(zip(pages, await asyncio.gather(*map(one, pages))))
