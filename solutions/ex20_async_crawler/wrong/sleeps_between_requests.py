# fails: keeps_all_slots_busy (too-slow), never_blocks_the_loop (too-slow), many_pages_of_all_kinds (too-slow)
# M4: is polite to the site with time.sleep, which stops every task there is

import asyncio
import time


async def fetch_all(urls, fetch, limit, timeout):
    gate = asyncio.Semaphore(limit)

    async def one(url):
        async with gate:
            time.sleep(0.1)
            try:
                async with asyncio.timeout(timeout):
                    return await fetch(url)
            except Exception as error:
                return error

    pages = list(dict.fromkeys(urls))
    return dict(zip(pages, await asyncio.gather(*map(one, pages), return_exceptions=True)))
