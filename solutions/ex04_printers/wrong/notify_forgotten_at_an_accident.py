# fails: an_accident_ends_it_for_all (deadlock), an_accident_among_three (deadlock)
# M10 with a Condition: after an accident nobody is told

import threading


def order_of(parts):
    longest = max((len(part) for part in parts), default=0)
    return [(who, part[turn]) for turn in range(longest) for who, part in enumerate(parts) if turn < len(part)]


def alternate(emit, parts):
    order = order_of(parts)
    errors = []
    position = 0
    moved = threading.Condition()

    def speak(me):
        nonlocal position
        for place, (who, text) in enumerate(order):
            if who != me:
                continue
            with moved:
                while position != place:
                    moved.wait()
                try:
                    emit(text)
                except Exception as error:
                    errors.append(error)
                    return
                position += 1
                moved.notify_all()

    threads = [threading.Thread(target=speak, args=(i,), name=f"printer-{i}") for i in range(len(parts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def numbers_and_letters():
    numbers = [f"{n}{n + 1}" for n in range(1, 53, 2)]
    letters = [chr(ord("A") + n) for n in range(26)]
    return [numbers, letters]
