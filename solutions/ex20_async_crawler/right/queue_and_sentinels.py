"""The queue of the thread pools, in coroutines: one None for each worker ends it."""

import asyncio as aio


class Crawl:
    def __init__(self, fetch, timeout):
        self.fetch, self.timeout = fetch, timeout
        self.jobs = aio.Queue()
        self.results = {}

    async def work(self):
        while (url := await self.jobs.get()) is not None:
            self.results[url] = await self.attempt(url)

    async def attempt(self, url):
        try:
            return await aio.wait_for(self.fetch(url), self.timeout)
        except Exception as error:
            return error


async def fetch_all(urls, fetch, limit, timeout):
    crawl = Crawl(fetch, timeout)
    order = []
    for url in urls:
        if url not in order:
            order.append(url)
            crawl.jobs.put_nowait(url)
    workers = [aio.ensure_future(crawl.work()) for _ in range(limit)]
    for _ in workers:
        crawl.jobs.put_nowait(None)
    try:
        await aio.gather(*workers)
    except aio.CancelledError:
        await aio.gather(*workers, return_exceptions=True)
        raise
    return {url: crawl.results[url] for url in order}
