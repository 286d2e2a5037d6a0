"""A thread of the parent takes the results out while the workers are ended and joined, stage by stage."""

import multiprocessing
import threading


def pipeline(items, stages, procs, limit):
    queues = [multiprocessing.SimpleQueue() for _ in range(len(stages) + 1)]
    gate = multiprocessing.BoundedSemaphore(limit)
    crews = []
    for place, stage in enumerate(stages):
        crew = []
        for _ in range(procs[place]):
            child = multiprocessing.Process(target=work, args=(stage, queues[place], queues[place + 1], place, gate))
            child.start()
            crew.append(child)
        crews.append(crew)
    results = {}
    collector = threading.Thread(target=collect, args=(queues[-1], results))
    collector.start()
    for number, item in enumerate(items):
        queues[0].put((number, True, item))
    for place, crew in enumerate(crews):
        for _ in crew:
            queues[place].put(None)
        for child in crew:
            child.join()
    queues[-1].put(None)
    collector.join()
    for queue in queues:
        queue.close()
    for number in sorted(results):
        good, value = results[number]
        if not good:
            raise value
    return [results[number][1] for number in sorted(results)]


def collect(queue, results):
    for number, good, value in iter(queue.get, None):
        results[number] = (good, value)


def work(stage, inbox, outbox, place, gate):
    for number, good, value in iter(inbox.get, None):
        if good:
            good, value = attempt(stage, value, gate if place == 0 else None)
        outbox.put((number, good, value))


def attempt(stage, value, gate):
    if gate is not None:
        gate.acquire()
    try:
        return True, stage(value)
    except Exception as error:
        return False, error
    finally:
        if gate is not None:
            gate.release()
