# fails: each_page_has_a_time_limit_of_its_own (wrong), many_pages_of_all_kinds (wrong)
# M5: the time limit is round the whole; what is not there then is a TimeoutError

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    gate = asyncio.Semaphore(limit)
    results = {}

    async def one(url):
        async with gate:
            try:
                results[url] = await fetch(url)
            except Exception as error:
                results[url] = error

    pages = list(dict.fromkeys(urls))
    try:
        await asyncio.wait_for(asyncio.gather(*map(one, pages), return_exceptions=True), timeout)
    except TimeoutError:
        pass
    return {url: results.get(url, TimeoutError()) for url in pages}
