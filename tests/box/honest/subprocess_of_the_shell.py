import subprocess


def f():
    return int(subprocess.run("echo $((6 * 7))", shell=True, capture_output=True, check=True).stdout)
