# fails: a_cancelled_crawl_leaves_nothing (wrong), cancelled_in_the_middle (wrong)
# M6: tells its tasks to stop, and is gone before they have

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    gate = asyncio.Semaphore(limit)

    async def one(url):
        async with gate:
            try:
                return await asyncio.wait_for(fetch(url), timeout)
            except Exception as error:
                return error

    tasks = {url: asyncio.create_task(one(url)) for url in dict.fromkeys(urls)}
    try:
        if tasks:
            await asyncio.wait(tasks.values())
    except asyncio.CancelledError:
        for task in tasks.values():
            task.cancel()
        raise
    return {url: task.result() for url, task in tasks.items()}
