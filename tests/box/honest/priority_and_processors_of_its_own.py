import os


def f():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    os.nice(1)
    return 42 if len(os.sched_getaffinity(0)) == 1 else 0
