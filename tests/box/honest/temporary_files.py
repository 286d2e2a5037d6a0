import os
import tempfile


def f():
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(f"{folder}/a/b")
        with open(f"{folder}/a/b/c", "w") as file:
            file.write("42")
        os.rename(f"{folder}/a/b", f"{folder}/d")
        os.symlink(f"{folder}/d/c", f"{folder}/link")
        with open(f"{folder}/link") as file:
            return int(file.read())
