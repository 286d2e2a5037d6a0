# fails: each_page_has_a_time_limit_of_its_own (deadlock), many_pages_of_all_kinds (too-slow, deadlock)
# M7: who fails keeps its place; release belongs into finally

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    gate = asyncio.Semaphore(limit)

    async def one(url):
        await gate.acquire()
        try:
            text = await asyncio.wait_for(fetch(url), timeout)
        except Exception as error:
            return error
        gate.release()
        return text

    pages = list(dict.fromkeys(urls))
    return dict(zip(pages, await asyncio.gather(*map(one, pages), return_exceptions=True)))
