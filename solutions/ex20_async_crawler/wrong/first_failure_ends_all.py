# fails: a_cancelled_crawl_leaves_nothing (wrong), cancelled_in_the_middle (wrong), one_failure_costs_only_itself (wrong, crash), each_page_has_a_time_limit_of_its_own (wrong, crash), many_pages_of_all_kinds (wrong, crash)
# M2: gather without return_exceptions

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    gate = asyncio.Semaphore(limit)

    async def one(url):
        async with gate:
            return await asyncio.wait_for(fetch(url), timeout)

    pages = list(dict.fromkeys(urls))
    return dict(zip(pages, await asyncio.gather(*map(one, pages))))
