from concurrent.futures import ThreadPoolExecutor, as_completed


def f():
    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(abs, number) for number in range(-6, 7)]
        return sum(future.result() for future in as_completed(futures))
