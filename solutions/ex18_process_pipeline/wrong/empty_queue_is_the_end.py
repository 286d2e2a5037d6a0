# fails: loses_nothing_in_any_order (deadlock), keeps_the_limit (deadlock), uses_the_limit (deadlock)
# a queue that is not empty when a worker looks may be empty when it takes

import multiprocessing


def pipeline(items, stages, procs, limit):
    items = list(items)
    queues = [multiprocessing.Queue() for _ in range(len(stages) + 1)]
    queues[0] = multiprocessing.SimpleQueue()
    for number, item in enumerate(items):
        queues[0].put((number, item, None))
    gate = multiprocessing.Semaphore(limit)
    workers = []
    for place, stage in enumerate(stages):
        for _ in range(procs[place]):
            args = (stage, queues[place], queues[place + 1], gate if place == 0 else None)
            workers.append(multiprocessing.Process(target=work, args=args))
    for worker in workers:
        worker.start()
    results = [queues[-1].get() for _ in items]
    for queue, count in zip(queues[1:], procs[1:]):
        for _ in range(count):
            queue.put(None)
    for worker in workers:
        worker.join()
    queues[0].close()
    for queue in queues[1:]:
        queue.close()
        queue.join_thread()
    values = [None] * len(items)
    for number, value, error in results:
        if error is not None:
            raise RuntimeError(error)
        values[number] = value
    return values


def work(stage, inbox, outbox, gate):
    while gate is None or not inbox.empty():
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
