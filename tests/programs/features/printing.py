"""Three ways to print."""

import sys
import threading


def main():
    t = threading.Thread(target=print, args=("a",), kwargs={"end": ""})
    t.start()
    t.join()
    print("b", file=sys.stdout)
    sys.stdout.write("c")
    return 1
