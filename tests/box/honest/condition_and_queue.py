import queue
import threading


def f():
    room, total = queue.Queue(2), []

    def consume():
        while (item := room.get()) is not None:
            total.append(item)

    consumers = [threading.Thread(target=consume) for _ in range(2)]
    for each in consumers:
        each.start()
    for item in [*range(7), 21, None, None]:
        room.put(item)
    for each in consumers:
        each.join()
    return sum(total)
