# fails: prints_the_interview_task (deadlock), lists_of_any_length (deadlock), two_take_turns (deadlock), three_take_turns (deadlock), each_speaks_for_itself (deadlock), the_shorter_list_ends_first (deadlock), an_accident_ends_it_for_all (deadlock), waits_without_spinning_or_sleeping (deadlock), all_threads_have_ended (deadlock), many_take_turns (deadlock), an_accident_among_three (deadlock)
# M13: wait() without a variable that says whose turn it is: a notify before the wait is lost

import threading


def order_of(parts):
    longest = max((len(part) for part in parts), default=0)
    return [(who, part[turn]) for turn in range(longest) for who, part in enumerate(parts) if turn < len(part)]


def alternate(emit, parts):
    order = order_of(parts)
    errors = []
    moved = threading.Condition()

    def speak(me):
        for place, (who, text) in enumerate(order):
            if who != me:
                continue
            with moved:
                if place > 0:
                    moved.wait()
                try:
                    if not errors:
                        emit(text)
                except Exception as error:
                    errors.append(error)
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
