# fails: each_page_has_a_time_limit_of_its_own (wrong), many_pages_of_all_kinds (too-slow)
# gives up waiting for a slow page, but does not cut it off

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    gate = asyncio.Semaphore(limit)

    async def one(url):
        async with gate:
            task = asyncio.create_task(fetch(url))
            try:
                return await asyncio.wait_for(asyncio.shield(task), timeout)
            except asyncio.CancelledError:
                task.cancel()
                await asyncio.wait([task])
                raise
            except Exception as error:
                return error

    pages = list(dict.fromkeys(urls))
    return dict(zip(pages, await asyncio.gather(*map(one, pages), return_exceptions=True)))
