import asyncio
import os
import signal


async def main():
    heard = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR2, heard.set)
    os.kill(os.getpid(), signal.SIGUSR2)
    await heard.wait()
    return 42


def f():
    return asyncio.run(main())
