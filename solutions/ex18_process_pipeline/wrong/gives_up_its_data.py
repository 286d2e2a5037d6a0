# fails: carries_large_results (deadlock)
# where results are large it lets a worker end before they are through (cancel_join_thread), and they are lost

import multiprocessing


def pipeline(items, stages, procs, limit):
    items = list(items)
    queues = [multiprocessing.Queue() for _ in range(len(stages) + 1)]
    gate = multiprocessing.Semaphore(limit)
    workers = []
    for place, stage in enumerate(stages):
        for _ in range(procs[place]):
            args = (stage, queues[place], queues[place + 1], gate if place == 0 else None)
            workers.append(multiprocessing.Process(target=work, args=args))
    for worker in workers:
        worker.start()
    for number, item in enumerate(items):
        queues[0].put((number, item, None))
    for place in range(len(stages)):
        for _ in range(procs[place]):
            queues[place].put(None)
        for worker in workers[sum(procs[:place]) : sum(procs[: place + 1])]:
            worker.join()
    results = [queues[-1].get() for _ in items]
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
        if len(repr(value)) > 1000:
            outbox.cancel_join_thread()
        outbox.put((number, value, error))
