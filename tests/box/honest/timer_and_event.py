import threading


def f():
    event = threading.Event()
    timer = threading.Timer(0.01, event.set)
    timer.start()
    event.wait()
    timer.join()
    return 42
