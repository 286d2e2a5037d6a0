# fails: keeps_all_slots_busy (too-slow), many_pages_of_all_kinds (too-slow)
# waits for a whole batch before it begins the next: one slow page leaves all other slots empty

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    async def one(url):
        try:
            return await asyncio.wait_for(fetch(url), timeout)
        except Exception as error:
            return error

    pages = list(dict.fromkeys(urls))
    results = {}
    for start in range(0, len(pages), limit):
        batch = pages[start : start + limit]
        results.update(zip(batch, await asyncio.gather(*map(one, batch), return_exceptions=True)))
    return results
