import asyncio


async def main():
    queue, lock, total = asyncio.Queue(1), asyncio.Lock(), []

    async def consume():
        while (item := await queue.get()) is not None:
            async with lock:
                total.append(item)

    consumers = [asyncio.create_task(consume()) for _ in range(2)]
    for item in [*range(7), 21, None, None]:
        await queue.put(item)
    await asyncio.gather(*consumers)
    return sum(total)


def f():
    return asyncio.run(main())
