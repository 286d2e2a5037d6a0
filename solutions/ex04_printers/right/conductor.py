"""The main thread conducts: it puts a string into a printer's queue, and waits until the printer reports back."""

import queue
import string
import threading


def printer(emit, orders, report):
    while (text := orders.get()) is not None:
        try:
            emit(text)
        except Exception as error:
            report.put(error)
        else:
            report.put(None)


def alternate(emit, parts):
    report = queue.Queue()
    orders = [queue.Queue() for _ in parts]
    threads = [
        threading.Thread(target=printer, args=(emit, mine, report), name=f"printer-{i}")
        for i, mine in enumerate(orders)
    ]
    for thread in threads:
        thread.start()
    try:
        conduct(parts, orders, report)
    finally:
        for mine in orders:
            mine.put(None)
        for thread in threads:
            thread.join()


def conduct(parts, orders, report):
    for turn in range(max((len(part) for part in parts), default=0)):
        for part, mine in zip(parts, orders, strict=True):
            if turn < len(part):
                mine.put(part[turn])
                error = report.get()
                if error:
                    raise error


def numbers_and_letters():
    return [[f"{i}{i + 1}" for i in range(1, 53, 2)], list(string.ascii_uppercase)]
