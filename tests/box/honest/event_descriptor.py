import os
import threading


def f():
    descriptor = os.eventfd(0)
    thread = threading.Thread(target=os.eventfd_write, args=(descriptor, 42))
    thread.start()
    value = os.eventfd_read(descriptor)
    thread.join()
    os.close(descriptor)
    return value
