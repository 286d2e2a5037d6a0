import multiprocessing


def f():
    with multiprocessing.get_context("fork").Pool(3) as pool:
        total = sum(pool.map(abs, range(-6, 7)))
        pool.close()
        pool.join()
    return total
