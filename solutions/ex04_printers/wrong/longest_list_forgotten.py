# fails: lists_of_any_length (wrong), each_speaks_for_itself (wrong), the_shorter_list_ends_first (wrong), many_take_turns (wrong), an_accident_among_three (wrong)
# zip() stops at the shortest list

import threading


def alternate(emit, parts):
    order = [(who, text) for column in zip(*parts) for who, text in enumerate(column)]
    turns = [threading.Semaphore(0) for _ in parts]
    errors = []

    def speak(me):
        for place, (who, text) in enumerate(order):
            if who != me:
                continue
            turns[me].acquire()
            try:
                if not errors:
                    emit(text)
            except Exception as error:
                errors.append(error)
            if place + 1 < len(order):
                turns[order[place + 1][0]].release()

    if order:
        turns[order[0][0]].release()
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
