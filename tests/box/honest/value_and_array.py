import multiprocessing


def work(count, numbers):
    for place in range(len(numbers)):
        with count.get_lock():
            count.value += 1
        numbers[place] += 1


def f():
    context = multiprocessing.get_context("fork")
    count, numbers = context.Value("i", 0), context.Array("i", 7)
    workers = [context.Process(target=work, args=(count, numbers)) for _ in range(6)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    return count.value
