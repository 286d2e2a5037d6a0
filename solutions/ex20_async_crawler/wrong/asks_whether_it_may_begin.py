# fails: never_blocks_the_loop (too-slow), many_pages_of_all_kinds (too-slow)
# looks every so often whether a place is free, instead of being told

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    under_way = 0

    async def one(url):
        nonlocal under_way
        while under_way >= limit:
            await asyncio.sleep(0.05)
        under_way += 1
        try:
            return await asyncio.wait_for(fetch(url), timeout)
        except Exception as error:
            return error
        finally:
            under_way -= 1

    pages = list(dict.fromkeys(urls))
    return dict(zip(pages, await asyncio.gather(*map(one, pages), return_exceptions=True)))
