# fails: lists_of_any_length (deadlock), the_shorter_list_ends_first (deadlock), all_threads_have_ended (deadlock), many_take_turns (deadlock), an_accident_among_three (deadlock)
# M9: the turn is handed to a printer that has nothing left, and stays there

import threading


def alternate(emit, parts):
    n = len(parts)
    turns = [threading.Event() for _ in parts]
    errors = []

    def speak(me):
        for text in parts[me]:
            turns[me].wait()
            turns[me].clear()
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
