"""A daemon may be cut off anywhere; main says nothing of what it did."""

import threading

ALLOWED = ["over"]
EXHAUSTED = True


def main():
    seen = []

    def work():
        for number in range(3):
            seen.append(number)

    threading.Thread(target=work, daemon=True).start()
    return "over"
