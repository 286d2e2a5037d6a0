"""`logging` from a thread."""

import io
import logging
import threading


def main():
    s = io.StringIO()
    log = logging.getLogger("zz")
    log.handlers = [logging.StreamHandler(s)]
    log.propagate = False
    t = threading.Thread(target=log.warning, args=("hi",))
    t.start()
    t.join()
    return s.getvalue()
