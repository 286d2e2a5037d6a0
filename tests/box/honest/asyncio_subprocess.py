import asyncio
import sys


async def main():
    command = [sys.executable, "-c", "print(42)"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    return int(told)


def f():
    return asyncio.run(main())
