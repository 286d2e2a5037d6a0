"""As many workers as may be under way; they take the next URL from one iterator. A task group looks after them."""

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    results = dict.fromkeys(urls)
    waiting = iter(list(results))

    async def worker():
        for url in waiting:  # nobody comes between: taking the next one does not await
            try:
                async with asyncio.timeout(timeout):
                    results[url] = await fetch(url)
            except Exception as error:
                results[url] = error

    async with asyncio.TaskGroup() as group:
        for _ in range(min(limit, len(results))):
            group.create_task(worker())
    return results
