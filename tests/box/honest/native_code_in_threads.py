import ctypes
import threading


def f():
    values = []
    compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
    descending = compare(lambda one, other: other[0] - one[0])

    def work():
        numbers = (ctypes.c_int * 3)(1, 14, 7)
        ctypes.CDLL(None).qsort(numbers, 3, ctypes.sizeof(ctypes.c_int), descending)
        values.append(numbers[0])

    threads = [threading.Thread(target=work) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sum(values)
