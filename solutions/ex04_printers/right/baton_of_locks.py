"""The classic, made right: a Lock each, all taken at first; letting go of the neighbour's is handing on the turn.

A printer that has nothing left leaves the circle, and the one before it hands on to the one behind it.
"""

from threading import Lock, Thread


def alternate(emit, parts):
    circle = [me for me, part in enumerate(parts) if part]
    locks = {me: Lock() for me in circle}
    for lock in locks.values():
        lock.acquire()
    trouble = []

    def speak(me):
        left = list(parts[me])
        while left:
            locks[me].acquire()
            text = left.pop(0)
            if not trouble:
                try:
                    emit(text)
                except Exception as error:
                    trouble.append(error)
            following = circle[(circle.index(me) + 1) % len(circle)]
            if not left:
                circle.remove(me)
            if circle:
                locks[following].release()

    threads = [Thread(target=speak, args=(me,), name="printer-" + str(me)) for me in range(len(parts))]
    for thread in threads:
        thread.start()
    if circle:
        locks[min(locks)].release()
    for thread in threads:
        thread.join()
    if trouble:
        raise trouble[0]


def numbers_and_letters():
    numbers = []
    for i in range(1, 53, 2):
        numbers.append(str(i) + str(i + 1))
    return [numbers, [chr(i) for i in range(ord("A"), ord("Z") + 1)]]
