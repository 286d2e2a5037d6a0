# fails: never_blocks_the_loop (busy-wait)
# looks again and again whether a place is free; sleep(0) lets others go on, and burns a processor

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    under_way = 0

    async def one(url):
        nonlocal under_way
        while under_way >= limit:
            await asyncio.sleep(0)
        under_way += 1
        try:
            return await asyncio.wait_for(fetch(url), timeout)
        except Exception as error:
            return error
        finally:
            under_way -= 1

    pages = list(dict.fromkeys(urls))
    return dict(zip(pages, await asyncio.gather(*map(one, pages), return_exceptions=True)))
