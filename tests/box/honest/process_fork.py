import multiprocessing


def work(results):
    results.put(42)


def f():
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    process = context.Process(target=work, args=(results,))
    process.start()
    value = results.get()
    process.join()
    return value
