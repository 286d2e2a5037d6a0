import asyncio
import time


async def main():
    await asyncio.gather(*(asyncio.to_thread(time.sleep, 0.001) for _ in range(4)))
    return 42


def f():
    return asyncio.run(main())
