# tier: full
import asyncio


async def answer(reader, writer):
    writer.write(str(int(await reader.readline()) * 7).encode())
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"6\n")
        told = await reader.read()
        writer.close()
        await writer.wait_closed()
    return int(told)


def f():
    return asyncio.run(main())
