import subprocess


def f():
    try:
        subprocess.run(["sleep", "600"], timeout=0.05)
    except subprocess.TimeoutExpired:
        return 42
    return 0
