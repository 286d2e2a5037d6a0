import os
import signal
import threading


def f():
    heard = []
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2})
    thread = threading.Thread(target=lambda: heard.append(signal.sigwait({signal.SIGUSR2})))
    thread.start()
    os.kill(os.getpid(), signal.SIGUSR2)
    thread.join()
    return 42 if heard == [signal.SIGUSR2] else 0
