# fails: prints_the_interview_task (wrong), lists_of_any_length (wrong), two_take_turns (wrong), three_take_turns (wrong), each_speaks_for_itself (race), the_shorter_list_ends_first (race), an_accident_ends_it_for_all (race), many_take_turns (race, deadlock), an_accident_among_three (race)
# M8: an Event that nobody clears: from the second round on everybody may speak

import threading


def alternate(emit, parts):
    n = len(parts)
    turns = [threading.Event() for _ in parts]
    errors = []

    def speak(me):
        for text in parts[me]:
            turns[me].wait()
            try:
                if not errors:
                    emit(text)
            except Exception as error:
                errors.append(error)
            turns[(me + 1) % n].set()

    if turns:
        turns[0].set()
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
