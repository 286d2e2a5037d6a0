import multiprocessing


def work(condition, ready):
    with condition:
        ready.value = 42
        condition.notify_all()


def f():
    context = multiprocessing.get_context("fork")
    condition, ready = context.Condition(), context.RawValue("i", 0)
    process = context.Process(target=work, args=(condition, ready))
    with condition:
        process.start()
        condition.wait_for(lambda: ready.value)
    process.join()
    return ready.value
