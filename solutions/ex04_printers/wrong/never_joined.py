# fails: prints_the_interview_task (wrong), lists_of_any_length (wrong), two_take_turns (wrong), three_take_turns (wrong), each_speaks_for_itself (race), the_shorter_list_ends_first (wrong), an_accident_ends_it_for_all (race), waits_without_spinning_or_sleeping (wrong), all_threads_have_ended (race), many_take_turns (wrong), an_accident_among_three (race, wrong)
# alternate returns while the printers still speak

import threading


def order_of(parts):
    longest = max((len(part) for part in parts), default=0)
    return [(who, part[turn]) for turn in range(longest) for who, part in enumerate(parts) if turn < len(part)]


def alternate(emit, parts):
    order = order_of(parts)
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
    if errors:
        raise errors[0]


def numbers_and_letters():
    numbers = [f"{n}{n + 1}" for n in range(1, 53, 2)]
    letters = [chr(ord("A") + n) for n in range(26)]
    return [numbers, letters]
