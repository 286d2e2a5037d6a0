"""A window of tasks: start as many as are allowed, wait for the first to end, start the next one."""

from asyncio import FIRST_COMPLETED, create_task, gather, wait, wait_for


async def fetch_all(urls, fetch, limit, timeout):
    left = list(dict.fromkeys(urls))
    results = dict.fromkeys(left)
    running = {}
    try:
        while left or running:
            while left and len(running) < limit:
                url = left.pop(0)
                running[create_task(wait_for(fetch(url), timeout))] = url
            ended, _ = await wait(running, return_when=FIRST_COMPLETED)
            for task in ended:
                url = running.pop(task)
                results[url] = task.exception() or task.result()
    finally:
        for task in running:
            task.cancel()
        await gather(*running, return_exceptions=True)
    return results
