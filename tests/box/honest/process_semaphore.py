import multiprocessing


def work(semaphore, done):
    with semaphore:
        done.release()


def f():
    context = multiprocessing.get_context("fork")
    semaphore, done = context.BoundedSemaphore(2), context.Semaphore(0)
    workers = [context.Process(target=work, args=(semaphore, done)) for _ in range(6)]
    for each in workers:
        each.start()
    for _ in workers:
        done.acquire()
    for each in workers:
        each.join()
    return 7 * len(workers)
