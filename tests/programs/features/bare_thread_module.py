"""`_thread` itself."""

import _thread


def main():
    held = _thread.allocate_lock()
    done = _thread.allocate_lock()
    done.acquire()
    s = []

    def w(a, b=0):
        with held:
            s.append(a + b)
        done.release()

    _thread.start_new_thread(w, (1,), {"b": 2})
    done.acquire()
    return s, held.locked()
