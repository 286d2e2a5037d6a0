from multiprocessing.shared_memory import ShareableList


def f():
    made = ShareableList([1, 2, 39])
    other = ShareableList(name=made.shm.name)
    total = sum(other)
    other.shm.close()
    made.shm.close()
    made.shm.unlink()
    return total
