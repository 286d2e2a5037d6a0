# fails: prints_the_interview_task (deadlock), lists_of_any_length (deadlock), two_take_turns (deadlock), three_take_turns (deadlock), each_speaks_for_itself (race), the_shorter_list_ends_first (deadlock), an_accident_ends_it_for_all (deadlock), waits_without_spinning_or_sleeping (deadlock), all_threads_have_ended (deadlock), many_take_turns (deadlock, wrong, race), an_accident_among_three (deadlock, race)
# M6: acts only in the else branch: whoever had to wait skips its turn after waking

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
                else:
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
