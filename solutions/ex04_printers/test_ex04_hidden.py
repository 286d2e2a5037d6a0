"""The hidden checks of ex04: the same classes of trouble with drawn lists and accidents."""

from __future__ import annotations

from grader.checks import attempt, check, same, scenario


def in_turn(parts):
    """The right order: a column after the other, exhausted lists skipped."""
    longest = max(map(len, parts), default=0)
    return [part[place] for place in range(longest) for part in parts if place < len(part)]


def drawn(random, lengths):
    """Lists of these lengths, of drawn words that all differ.

    Neither the first list nor the last is the longest: whoever hands the turn to a printer that has nothing left, or
    waits for the last one only, is always found.
    """
    words = random.sample(range(100, 1000), sum(lengths))
    return [[str(words.pop()) for _ in range(length)] for length in lengths]


@scenario
def heard(answer, parts):
    """alternate(emit, {parts})"""
    texts = []
    answer.alternate(texts.append, parts)
    return texts


@check(kind="SAFE", points="1/2", hint="Does it still work with four printers, when some of them have little to say?")
def test_many_take_turns(box):
    """Four and five printers with lists of different lengths speak in the right order on every schedule."""
    for lengths in (
        box.random.choice([[1, 2, 1, 1], [1, 1, 2, 1]]),
        box.random.choice([[1, 2, 0, 1, 1], [1, 0, 1, 2, 1]]),
    ):
        parts = drawn(box.random, lengths)
        right = in_turn(parts)
        box.explore(
            heard,
            parts=parts,
            allowed=lambda texts, right=right: same(texts, right),
            expected=str(right),
            executions=200,
        )


@scenario
def accident(answer, parts, broken):
    """alternate(emit, {parts}), where emit raises at {broken!r}"""
    texts = []

    def emit(text):
        texts.append(text)
        if text == broken:
            raise KeyError(text)

    result = attempt(answer.alternate, emit, parts)
    until = texts.index(broken) + 1 if broken in texts else len(texts)
    return {"heard": texts[:until], "result": result}


@check(kind="EXC", points="1/2", hint="Follow the turn by hand when the one who holds it raises with its last string.")
def test_an_accident_among_three(box):
    """An emit that raises at a drawn place, or at a printer's last string, is told to the caller; nobody waits on."""
    parts = drawn(box.random, [1, 2, 1])
    order = in_turn(parts)
    for place in (box.random.randint(1, 2), len(order) - 1):
        right = {"heard": order[: place + 1], "result": {"raised": "KeyError", "args": [order[place]]}}
        box.explore(
            accident,
            parts=parts,
            broken=order[place],
            allowed=lambda seen, right=right: same(seen, right),
            expected=f"{right['heard']}, then alternate raises KeyError({order[place]!r})",
            executions=200,
        )
