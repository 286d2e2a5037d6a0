# fails: lists_of_any_length (crash), three_take_turns (wrong), the_shorter_list_ends_first (deadlock), all_threads_have_ended (deadlock), many_take_turns (wrong, deadlock), an_accident_among_three (deadlock, wrong)
# written for the interview task: with more than two lists the rest is never heard

import threading


def alternate(emit, parts):
    first, second = threading.Semaphore(1), threading.Semaphore(0)
    errors = []

    def speak(mine, other, texts):
        for text in texts:
            mine.acquire()
            try:
                if not errors:
                    emit(text)
            except Exception as error:
                errors.append(error)
            other.release()

    a = threading.Thread(target=speak, args=(first, second, parts[0]), name="printer-0")
    b = threading.Thread(target=speak, args=(second, first, parts[1]), name="printer-1")
    a.start()
    b.start()
    a.join()
    b.join()
    if errors:
        raise errors[0]


def numbers_and_letters():
    numbers = [f"{n}{n + 1}" for n in range(1, 53, 2)]
    letters = [chr(ord("A") + n) for n in range(26)]
    return [numbers, letters]
