import sqlite3
import tempfile
import threading


def f():
    with tempfile.TemporaryDirectory() as folder:

        def work(number):
            connection = sqlite3.connect(f"{folder}/data", timeout=60)
            with connection:
                connection.execute("INSERT INTO numbers VALUES (?)", (number,))
            connection.close()

        connection = sqlite3.connect(f"{folder}/data")
        connection.execute("CREATE TABLE numbers (number)")
        connection.commit()
        threads = [threading.Thread(target=work, args=(number,)) for number in (1, 2, 39)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        (total,) = connection.execute("SELECT sum(number) FROM numbers").fetchone()
        connection.close()
    return total
