# fails: fetches_every_page_once (deadlock), never_more_than_the_limit (deadlock), keeps_all_slots_busy (deadlock), one_failure_costs_only_itself (deadlock), each_page_has_a_time_limit_of_its_own (deadlock), never_blocks_the_loop (deadlock), many_pages_of_all_kinds (deadlock)
# M7: the limit counts what has begun, not what is under way

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    gate = asyncio.Semaphore(limit)

    async def one(url):
        await gate.acquire()
        try:
            return await asyncio.wait_for(fetch(url), timeout)
        except Exception as error:
            return error

    pages = list(dict.fromkeys(urls))
    return dict(zip(pages, await asyncio.gather(*map(one, pages), return_exceptions=True)))
