# fails: never_more_than_the_limit (wrong)
# M3: the semaphore is made anew for each page, so that it lets everybody in

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    async def one(url):
        async with asyncio.Semaphore(limit):
            try:
                return await asyncio.wait_for(fetch(url), timeout)
            except Exception as error:
                return error

    pages = list(dict.fromkeys(urls))
    return dict(zip(pages, await asyncio.gather(*map(one, pages), return_exceptions=True)))
