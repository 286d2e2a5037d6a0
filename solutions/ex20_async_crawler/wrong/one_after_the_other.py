# fails: keeps_all_slots_busy (too-slow), many_pages_of_all_kinds (too-slow)
# M1: awaits in a for loop, so that one page waits for the other

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    results = {}
    for url in dict.fromkeys(urls):
        try:
            results[url] = await asyncio.wait_for(fetch(url), timeout)
        except Exception as error:
            results[url] = error
    return results
