import os
import signal


def f():
    heard = []
    before = signal.signal(signal.SIGUSR2, lambda number, frame: heard.append(42))
    os.kill(os.getpid(), signal.SIGUSR2)
    signal.signal(signal.SIGUSR2, before)
    return heard[0]
