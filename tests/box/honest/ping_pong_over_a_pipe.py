import multiprocessing


def work(end):
    while (number := end.recv()) < 41:
        end.send(number + 1)
    end.send(42)
    end.close()


def f():
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs,))
    process.start()
    theirs.close()
    number = 0
    while number < 42:
        ours.send(number + 1)
        number = ours.recv()
    process.join()
    ours.close()
    return number
