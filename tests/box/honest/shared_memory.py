import multiprocessing
from multiprocessing.shared_memory import SharedMemory


def work(name):
    memory = SharedMemory(name)
    memory.buf[0] = 42
    memory.close()


def f():
    memory = SharedMemory(create=True, size=16)
    process = multiprocessing.get_context("fork").Process(target=work, args=(memory.name,))
    process.start()
    process.join()
    value = memory.buf[0]
    memory.close()
    memory.unlink()
    return value
