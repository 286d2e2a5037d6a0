import multiprocessing


def work(barrier, event, count):
    barrier.wait()
    event.wait()
    with count.get_lock():
        count.value += 14


def f():
    context = multiprocessing.get_context("fork")
    barrier, event, count = context.Barrier(4), context.Event(), context.Value("i", 0)
    workers = [context.Process(target=work, args=(barrier, event, count)) for _ in range(3)]
    for each in workers:
        each.start()
    barrier.wait()
    event.set()
    for each in workers:
        each.join()
    return count.value
