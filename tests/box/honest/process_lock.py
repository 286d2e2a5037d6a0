import multiprocessing


def work(lock, count):
    for _ in range(14):
        with lock:
            count.value += 1


def f():
    context = multiprocessing.get_context("fork")
    lock, count = context.Lock(), context.RawValue("i", 0)
    workers = [context.Process(target=work, args=(lock, count)) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    return count.value
