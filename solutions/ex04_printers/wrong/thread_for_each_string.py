# fails: each_speaks_for_itself (wrong), an_accident_ends_it_for_all (crash), an_accident_among_three (crash)
# starts and joins a thread for each string: the right order, but not by threads that take turns

import threading


def order_of(parts):
    longest = max((len(part) for part in parts), default=0)
    return [(who, part[turn]) for turn in range(longest) for who, part in enumerate(parts) if turn < len(part)]


def alternate(emit, parts):
    order = order_of(parts)
    for _, text in order:
        thread = threading.Thread(target=emit, args=(text,))
        thread.start()
        thread.join()


def numbers_and_letters():
    numbers = [f"{n}{n + 1}" for n in range(1, 53, 2)]
    letters = [chr(ord("A") + n) for n in range(26)]
    return [numbers, letters]
