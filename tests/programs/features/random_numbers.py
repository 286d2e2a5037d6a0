"""`random`, seeded."""

import random


def main():
    random.seed(3)
    a = random.random()
    random.seed(3)
    r = random.Random(4)
    return a == random.random(), r.randint(1, 9)
