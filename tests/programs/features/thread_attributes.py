"""What a thread tells of itself."""

import threading


def main():
    t = threading.Thread(target=int, name="x")
    a = (t.ident is None, t.is_alive())
    t.start()
    t.join(timeout=5)
    e = threading.enumerate()
    try:
        t.start()
        z = "?"
    except RuntimeError as x:
        z = str(x)
    return a, t.is_alive(), threading.current_thread() in e, z, threading.current_thread() is threading.main_thread()
