"""The first file that runs inside the box: finds the kit's parts, then serves.

    python -P -s -S -B entry.py CONTROL_FD SETTINGS FOLDER...

Not -I: that would ignore PYTHONHASHSEED, and without it the order of a set of strings, so a verdict, would
change from run to run. The environment is our own, so that -P -s gives the same isolation.
"""

from __future__ import annotations

import gc
import sys

if __name__ == "__main__":  # a spawned process of the answer imports this file again
    gc.disable()  # until all is imported: nothing of that is garbage
    # Behind the standard library, so that nothing in the folders can stand in front of it.
    sys.path += sys.argv[3:]
    from grader.box.child import main

    main(int(sys.argv[1]), sys.argv[2].encode())
