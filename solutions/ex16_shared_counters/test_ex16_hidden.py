"""The hidden check of ex16: more words than any buffer holds."""

from __future__ import annotations

from grader.checks import check, scenario


@scenario
def long_words_of(answer, number, letters):
    """count_words of a file with {number} words of {letters} letters each, one worker"""
    with open("text.txt", "w", encoding="utf-8") as file:
        for each in range(number):
            file.write(f"{each}".rjust(letters, "x") + "\n")
    seen = answer.count_words(["text.txt"], 1)
    return {"words": len(seen), "occurrences": sum(seen.values()), "letters": sum(map(len, seen))}


@check(kind="LIVE", points="1/4", hint="Who has put much into a Queue does not end until somebody has taken it out.")
def test_counts_long_words(box):
    """A child that has more to tell than a pipe holds is heard, and ends."""
    number, letters = box.random.randint(150, 200), 2000
    expected = {"words": number, "occurrences": number, "letters": number * letters}
    box.run(
        long_words_of,
        number=number,
        letters=letters,
        start_method="fork",
        time_limit=20.0,
        allowed=lambda seen: seen == expected,
        expected=str(expected),
    )
