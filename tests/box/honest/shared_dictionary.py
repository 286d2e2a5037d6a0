# tier: full
import multiprocessing


def work(shared, lock):
    for _ in range(7):
        with lock:
            shared["count"] += 1


def f():
    context = multiprocessing.get_context("fork")
    with context.Manager() as manager:
        shared, lock = manager.dict(count=0), manager.Lock()
        workers = [context.Process(target=work, args=(shared, lock)) for _ in range(6)]
        for each in workers:
            each.start()
        for each in workers:
            each.join()
        return shared["count"]
