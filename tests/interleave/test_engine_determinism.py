"""The same choices give the same bytes: in one process, in another, under other hash seeds."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from running import many

BUSY = """
    from concurrent.futures import ThreadPoolExecutor, wait

    class Thing:
        pass

    def s(answer):
        import random
        box, things = queue.Queue(), {Thing() for _ in range(3)}
        lock, seen = threading.RLock(), {}
        def work(name):
            with lock:
                seen[name] = random.randint(0, 99)
            box.put((name, id(lock)))
            print(name, threading.current_thread(), time.time())
        with ThreadPoolExecutor(3) as pool:
            done, _ = wait([pool.submit(work, name) for name in ("a", "b", "c")])
            order = [future.result() for future in done]
        threads = {threading.Thread(target=work, args=(number,)) for number in range(3)}
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        return [list(box.queue), list(seen.items()), order]
"""


def digest() -> str:
    said = [(one.ending, one.value, one.printed, one.makespan, one.choices) for one in many(BUSY, 40)]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def test_two_explorations_are_alike():
    assert digest() == digest()


def test_another_process_with_another_hash_seed_does_the_same():
    here = Path(__file__).resolve()
    for seed in ("1", "77"):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join([str(here.parent), str(here.parents[2])]),
        }
        code = "import test_engine_determinism as t; print(t.digest())"
        said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert said.stdout.strip() == digest()
