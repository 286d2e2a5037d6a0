import multiprocessing


def double(number):
    return 2 * number


def f():
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        total = sum(pool.imap_unordered(double, range(7)))
        pool.close()
        pool.join()
    return total
