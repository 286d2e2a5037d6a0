# fails: prints_the_interview_task (deadlock), lists_of_any_length (deadlock), two_take_turns (deadlock), three_take_turns (deadlock), each_speaks_for_itself (deadlock), the_shorter_list_ends_first (deadlock), an_accident_ends_it_for_all (deadlock), waits_without_spinning_or_sleeping (deadlock), all_threads_have_ended (deadlock), many_take_turns (deadlock), an_accident_among_three (deadlock)
# M12: an RLock as token: only the thread that took it may let go of it

import threading


def alternate(emit, parts):
    n = len(parts)
    turns = [threading.RLock() for _ in parts]
    errors = []
    for turn in turns[1:]:
        turn.acquire()

    def speak(me):
        for text in parts[me]:
            turns[me].acquire()
            try:
                if not errors:
                    emit(text)
            except Exception as error:
                errors.append(error)
            turns[(me + 1) % n].release()

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
