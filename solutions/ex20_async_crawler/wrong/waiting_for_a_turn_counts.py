# fails: each_page_has_a_time_limit_of_its_own (wrong), many_pages_of_all_kinds (wrong)
# M5: the time limit of each page begins before its turn

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    gate = asyncio.Semaphore(limit)

    async def gated(url):
        async with gate:
            return await fetch(url)

    async def one(url):
        try:
            return await asyncio.wait_for(gated(url), timeout)
        except Exception as error:
            return error

    pages = list(dict.fromkeys(urls))
    return dict(zip(pages, await asyncio.gather(*map(one, pages), return_exceptions=True)))
