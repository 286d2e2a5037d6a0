# fails: fetches_every_page_once (wrong)
# a URL that occurs twice is fetched twice

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    gate = asyncio.Semaphore(limit)

    async def one(url):
        async with gate:
            try:
                return url, await asyncio.wait_for(fetch(url), timeout)
            except Exception as error:
                return url, error

    return dict(await asyncio.gather(*map(one, urls), return_exceptions=True))
