import multiprocessing
import signal


def f():
    process = multiprocessing.get_context("fork").Process(target=signal.pause)
    process.start()
    process.terminate()
    process.join()
    return 42 if process.exitcode == -signal.SIGTERM else 0
