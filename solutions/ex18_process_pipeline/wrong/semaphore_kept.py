# fails: works_under_spawn_and_forkserver (leak)
# keeps a semaphore for each limit: where processes are not forked, it has a name that the system keeps, too

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any

_GATES: dict[int, Any] = {}


def pipeline(items: Iterable[Any], stages: list[Callable[[Any], Any]], procs: list[int], limit: int) -> list[Any]:
    queues: list[Any] = [multiprocessing.Queue() for _ in range(len(stages) + 1)]
    if limit not in _GATES:
        _GATES[limit] = multiprocessing.Semaphore(limit)
    gate = _GATES[limit]
    workers = [
        multiprocessing.Process(target=_work, args=(stage, inbox, outbox, gate if inbox is queues[0] else None))
        for stage, inbox, outbox, count in zip(stages, queues, queues[1:], procs, strict=False)
        for _ in range(count)
    ]
    for worker in workers:
        worker.start()
    # The number goes along, since who comes first to the end is anybody's guess.
    number = -1
    for number, item in enumerate(items):
        queues[0].put((number, item, ""))
    # As many results as items: only when they are all here is nobody still writing, and only then may anybody end.
    results = sorted((queues[-1].get() for _ in range(number + 1)), key=lambda result: result[0])
    for inbox, count in zip(queues, procs, strict=False):
        for _ in range(count):
            inbox.put(None)
    for worker in workers:
        worker.join()
    for each in queues:
        each.close()
        each.join_thread()
    for number, _, error in results:
        if error:
            raise RuntimeError(f"item {number}: {error}")
    return [value for _, value, _ in results]


def _work(stage: Callable[[Any], Any], inbox: Any, outbox: Any, gate: Any) -> None:
    while (task := inbox.get()) is not None:
        number, value, error = task
        if not error:
            # A worker that died of this would take the item along, and the parent would wait for it for ever.
            try:
                with gate or nullcontext():
                    value = stage(value)
            except Exception as raised:
                value, error = None, repr(raised)
        outbox.put((number, value, error))
