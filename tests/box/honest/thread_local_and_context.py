import contextvars
import threading


def f():
    mine, variable, seen = threading.local(), contextvars.ContextVar("variable", default=0), []

    def work(number):
        mine.value = number
        variable.set(number)
        seen.append(mine.value * variable.get())

    for number in (1, 4, 5):
        thread = threading.Thread(target=contextvars.copy_context().run, args=(work, number))
        thread.start()
        thread.join()
    return sum(seen) + variable.get()
