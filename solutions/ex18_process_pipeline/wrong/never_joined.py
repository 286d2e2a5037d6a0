# fails: leaves_nothing_behind (leak), works_under_spawn_and_forkserver (leak), an_exception_comes_out (leak), an_exception_of_the_last_stage_comes_out (leak)
# daemons, left to themselves

import multiprocessing


def pipeline(items, stages, procs, limit):
    items = list(items)
    queues = [multiprocessing.Queue() for _ in range(len(stages) + 1)]
    gate = multiprocessing.Semaphore(limit)
    workers = []
    for place, stage in enumerate(stages):
        for _ in range(procs[place]):
            args = (stage, queues[place], queues[place + 1], gate if place == 0 else None)
            workers.append(multiprocessing.Process(target=work, args=args, daemon=True))
    for worker in workers:
        worker.start()
    for number, item in enumerate(items):
        queues[0].put((number, item, None))
    results = [queues[-1].get() for _ in items]
    for place, count in enumerate(procs):
        for _ in range(count):
            queues[place].put(None)
    for queue in queues:
        queue.close()
        queue.join_thread()
    values = [None] * len(items)
    for number, value, error in results:
        if error is not None:
            raise RuntimeError(error)
        values[number] = value
    return values


def work(stage, inbox, outbox, gate):
    while True:
        task = inbox.get()
        if task is None:
            return
        number, value, error = task
        if error is None:
            try:
                if gate is None:
                    value = stage(value)
                else:
                    with gate:
                        value = stage(value)
            except Exception as e:
                error = repr(e)
        outbox.put((number, value, error))
