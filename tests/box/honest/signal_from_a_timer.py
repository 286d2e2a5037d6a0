import signal


def f():
    heard = []
    before = signal.signal(signal.SIGALRM, lambda number, frame: heard.append(42))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    while not heard:
        signal.pause()
    signal.signal(signal.SIGALRM, before)
    return heard[0]
