# fails: never_blocks_the_loop (busy-wait)
# looks again and again whether a place is free; sleep(0) lets others go on, and burns a processor

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    under_way = 0

    async def one(url):
        nonlocal under_way
        try:
            return await asyncio.wait_for(fetch(url), timeout)
        except Exception as error:
            return error
        finally:
            under_way -= 1

    pages = list(dict.fromkeys(urls))
    async with asyncio.TaskGroup() as tasks:
        begun = []
        for url in pages:
            while under_way >= limit:
                await asyncio.sleep(0)
            under_way += 1
            begun.append(tasks.create_task(one(url)))
    return {url: task.result() for url, task in zip(pages, begun)}
