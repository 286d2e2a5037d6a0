import multiprocessing


def work(tasks, total):
    while (task := tasks.get()) is not None:
        with total.get_lock():
            total.value += task
        tasks.task_done()
    tasks.task_done()


def f():
    context = multiprocessing.get_context("fork")
    tasks, total = context.JoinableQueue(), context.Value("i", 0)
    workers = [context.Process(target=work, args=(tasks, total)) for _ in range(2)]
    for each in workers:
        each.start()
    for task in [*range(7), 21, None, None]:
        tasks.put(task)
    tasks.join()
    for each in workers:
        each.join()
    return total.value
