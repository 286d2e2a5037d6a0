import multiprocessing
from concurrent.futures import ProcessPoolExecutor


def f():
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        return sum(pool.map(abs, range(-6, 7)))
