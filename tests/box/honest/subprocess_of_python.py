import subprocess
import sys


def f():
    command = [sys.executable, "-c", "import sys; print(int(sys.stdin.read()) * 7)"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        return int(process.communicate("6")[0])
