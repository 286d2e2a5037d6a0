# fails: never_more_than_the_limit (race, wrong)
# counts the fetches under way, but awaits between looking at the count and raising it

import asyncio


async def fetch_all(urls, fetch, limit, timeout):
    under_way = 0
    ended = asyncio.Condition()

    async def one(url):
        nonlocal under_way
        async with ended:
            await ended.wait_for(lambda: under_way < limit)
        await asyncio.sleep(0)  # be nice to the others
        under_way += 1
        try:
            return await asyncio.wait_for(fetch(url), timeout)
        except Exception as error:
            return error
        finally:
            under_way -= 1
            async with ended:
                ended.notify()

    pages = list(dict.fromkeys(urls))
    return dict(zip(pages, await asyncio.gather(*map(one, pages), return_exceptions=True)))
