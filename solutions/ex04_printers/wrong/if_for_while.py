# fails: three_take_turns (race), many_take_turns (race, deadlock), an_accident_among_three (deadlock, race)
# M4: `if` for `while` round the wait; with two threads that is enough, with three it is not

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
                if position != place:
                    moved.wait()
                try:
                    if not errors:
                        emit(text)
                except Exception as error:
                    errors.append(error)
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
