import os
import selectors


def f():
    reading, writing = os.pipe()
    with selectors.DefaultSelector() as selector:
        selector.register(reading, selectors.EVENT_READ, 42)
        os.write(writing, b"x")
        value = selector.select()[0][0].data
    os.close(reading)
    os.close(writing)
    return value
