# fails: two_take_turns (race), three_take_turns (race), each_speaks_for_itself (race), the_shorter_list_ends_first (race), an_accident_ends_it_for_all (race), waits_without_spinning_or_sleeping (wrong), many_take_turns (race), an_accident_among_three (race)
# M2: sleeps for order

import threading
import time


def alternate(emit, parts):
    errors = []

    def speak(me):
        time.sleep(0.1 * me)
        try:
            for text in parts[me]:
                emit(text)
                time.sleep(0.1 * len(parts))
        except Exception as error:
            errors.append(error)

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
