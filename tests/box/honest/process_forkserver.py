# tier: full
import multiprocessing


def work(end):
    end.send(42)
    end.close()


def f():
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs,))
    process.start()
    theirs.close()
    value = ours.recv()
    process.join()
    ours.close()
    return value
