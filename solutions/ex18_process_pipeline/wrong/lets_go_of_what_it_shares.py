# fails: works_under_spawn_and_forkserver (deadlock)
# the parent drops its Value after start(): its lock is gone before a spawned child has got it

import multiprocessing

END = "end"


def pipeline(items, stages, procs, limit):
    items = list(items)
    queues = [multiprocessing.Queue() for _ in range(len(stages) + 1)]
    gate = multiprocessing.Semaphore(limit)
    workers = []
    for place, stage in enumerate(stages):
        left = multiprocessing.Value("i", procs[place])
        following = procs[place + 1] if place + 1 < len(procs) else 1
        for _ in range(procs[place]):
            args = (stage, queues[place], queues[place + 1], left, following, gate if place == 0 else None)
            workers.append(multiprocessing.Process(target=work, args=args))
    for worker in workers:
        worker.start()
    for pair in enumerate(items):
        queues[0].put(pair)
    for _ in range(procs[0]):
        queues[0].put(END)
    values, errors = {}, []
    while (result := queues[-1].get()) != END:
        number, value = result
        if isinstance(value, Failed):
            errors.append(value.text)
        values[number] = value
    for worker in workers:
        worker.join()
    for queue in queues:
        queue.close()
        queue.join_thread()
    if errors:
        raise ValueError("; ".join(errors))
    return [values[number] for number in range(len(items))]


class Failed:
    def __init__(self, text):
        self.text = text


def work(stage, inbox, outbox, left, following, gate):
    while (task := inbox.get()) != END:
        number, value = task
        if not isinstance(value, Failed):
            value = worked(stage, value, gate)
        outbox.put((number, value))
    with left.get_lock():
        left.value -= 1
        if left.value == 0:
            for _ in range(following):
                outbox.put(END)


def worked(stage, value, gate):
    try:
        if gate is None:
            return stage(value)
        with gate:
            return stage(value)
    except Exception as error:
        return Failed(repr(error))
