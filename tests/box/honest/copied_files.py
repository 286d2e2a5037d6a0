# tier: full
import shutil
import tempfile


def f():
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/one", "w") as file:
            file.write("42")
        shutil.copy2(f"{folder}/one", f"{folder}/other")
        with open(f"{folder}/other") as file:
            return int(file.read())
