import asyncio


async def double(number):
    await asyncio.sleep(0.001)
    return 2 * number


async def main():
    return sum(await asyncio.gather(*map(double, range(7))))


def f():
    return asyncio.run(main())
