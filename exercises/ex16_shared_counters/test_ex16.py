"""The public checks of ex16. In most of them the order of the processes is controlled; in the others they run free."""

from __future__ import annotations

import multiprocessing

from grader.checks import check, same, scenario


@scenario
def histogram_of(answer, chunks, bins):
    """histogram({chunks}, {bins})"""
    return answer.histogram(chunks, bins)


@scenario
def words_of(answer, texts, workers):
    """count_words of {workers} workers, of files that hold {texts}"""
    return answer.count_words(written(texts), workers)


def written(texts):
    """The names of files that hold these texts."""
    names = []
    for number, text in enumerate(texts):
        names.append(f"text{number}.txt")
        with open(names[-1], "w", encoding="utf-8") as file:
            file.write(text)
    return names


def counts(texts):
    words = " ".join(texts).split()
    return {word: words.count(word) for word in words}


@check(kind="EDGE", points="1/4", hint="What a child counts in variables of its own, nobody else ever sees.")
def test_counts_words(box):
    """Every word of every file is counted; also no files, an empty file, fewer files than workers."""
    number = box.random.randint(100, 999)
    for texts, workers in (
        ([f"The cat  and the hat {number}\n", "the\tmat", "and", "The end"], 2),
        (["", "one"], 3),
        ([], 1),
    ):
        box.explore(
            words_of,
            texts=texts,
            workers=workers,
            processes="fork",
            executions=1,
            allowed=lambda seen, texts=texts: same(seen, counts(texts)),
            expected=str(counts(texts)),
        )


@check(kind="EDGE", points="1/4", hint="The array is complete when all children are through, and not before.")
def test_counts_numbers(box):
    """Every number of every chunk is counted; also no chunks, empty chunks, numbers that never occur."""
    drawn = [box.random.randrange(4) for _ in range(6)]
    for chunks, bins in (([drawn, [], [5, 0]], 6), ([], 3)):
        expected = [sum(chunk.count(number) for chunk in chunks) for number in range(bins)]
        box.explore(
            histogram_of,
            chunks=chunks,
            bins=bins,
            processes="fork",
            executions=1,
            allowed=lambda seen, expected=expected: same(seen, expected),
            expected=str(expected),
        )


@scenario
def counted_together(answer, amounts):
    """one counter; one process for each of {amounts}, which adds that, once"""
    counter = answer.SharedCounter()
    children = [multiprocessing.Process(target=add, args=(counter, amount)) for amount in amounts]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return {"value": counter.value, "exit codes": [child.exitcode for child in children]}


def add(counter, amount):
    counter.increment(amount)


@check(
    kind="SAFE", points=1, hint="Is `v.value += 1` one step? Hold v.get_lock() from before the read to after the write."
)
def test_counter_loses_nothing(box):
    """Two processes add to one counter; in every order of their steps the sum is right."""
    amounts = [box.random.randint(2, 9), box.random.randint(11, 99)]
    box.explore(
        counted_together,
        amounts=amounts,
        processes="fork",
        executions=9,
        allowed=lambda seen: same(seen, {"value": sum(amounts), "exit codes": [0, 0]}),
        expected=f"value: {sum(amounts)}; both processes end with exit code 0",
    )


@check(kind="SAFE", points="1/2", hint="numbers[i] += 1 reads and writes, and the array's own lock covers each alone.")
def test_histogram_loses_nothing(box):
    """Two processes count the same numbers; in every order of their steps the counts are right."""
    one, other = box.random.sample(range(3), 2)
    expected = [2 * (number in (one, other)) for number in range(3)]
    box.explore(
        histogram_of,
        chunks=[[one, other], [other, one]],
        bins=3,
        processes="fork",
        executions=9,
        allowed=lambda seen: same(seen, expected),
        expected=str(expected),
    )


@check(kind="SAFE", points="1/2", hint="d[word] = d.get(word, 0) + 1 asks the manager twice. What happens in between?")
def test_words_lose_nothing(box):
    """Two processes count the same word; in every order of their steps the count is right."""
    word = box.random.choice(["lamb", "ewe", "ram"])
    box.explore(
        words_of,
        texts=[word, word],
        workers=2,
        processes="fork",
        executions=9,
        allowed=lambda seen: same(seen, {word: 2}),
        expected=f"{word}: 2",
    )


@scenario
def everything(answer, amounts, chunks, bins, texts):
    """a counter that processes add {amounts} to, one by one; histogram({chunks}, {bins}); count_words of two workers"""
    counter = answer.SharedCounter()
    for amount in amounts:
        child = multiprocessing.Process(target=add_often, args=(counter, amount))
        child.start()
        child.join()
    return {
        "value": counter.value,
        "histogram": answer.histogram(chunks, bins),
        "words": answer.count_words(written(texts), 2),
    }


def add_often(counter, amount):
    for _ in range(200):
        counter.increment(amount)


@check(
    kind="SAFE",
    points="1/2",
    hint="A spawned child has none of your variables: its function is at the top level, all it needs in its arguments.",
)
def test_works_under_spawn_and_forkserver(box):
    """Counter, histogram and count_words work, too, when processes are spawned, or forked by a server."""
    amounts = [box.random.randint(2, 9) for _ in range(2)]
    chunks = [[box.random.randrange(2) for _ in range(5)]]
    texts = ["a b a"]
    expected = {
        "value": 200 * sum(amounts),
        "histogram": [chunks[0].count(number) for number in range(2)],
        "words": counts(texts),
    }
    for method in ("spawn", "forkserver"):
        box.run(
            everything,
            amounts=amounts,
            chunks=chunks,
            bins=2,
            texts=texts,
            start_method=method,
            ran="a counter in 2 processes, histogram of 1 chunk, count_words of 1 file",
            time_limit=10.0,
            allowed=lambda seen: same(seen, expected),
            expected=str(expected),
        )


@scenario
def processes_of_histogram(answer, chunks):
    """histogram({chunks}, 3): does it start processes?"""
    from grader.processes.children import Children

    with Children() as children:
        answer.histogram(chunks, 3)
    return bool(children.exit_codes())


@scenario
def processes_of_count_words(answer, texts):
    """count_words of two workers, of files that hold {texts}: does it start processes?"""
    from grader.processes.children import Children

    with Children() as children:
        answer.count_words(written(texts), 2)
    return bool(children.exit_codes())


@check(kind="CLEAN", points="1/4", hint="multiprocessing.Process, not threading.Thread; and join every one of them.")
def test_uses_processes_and_joins_them(box):
    """The counting is done in processes; all are joined, and nothing is left open."""
    # One run for each: a process that is started takes away those that ended before and were not joined.
    for scenario_, arguments in (
        (processes_of_histogram, {"chunks": [[box.random.randrange(3)], [1]]}),
        (processes_of_count_words, {"texts": ["x y", "y"]}),
    ):
        box.run(
            scenario_,
            **arguments,
            start_method="fork",
            leftovers="fail",
            allowed=lambda seen: seen is True,
            expected="processes are started, and no process, thread or descriptor is left behind",
        )


@scenario
def file_that_is_missing(answer, texts):
    """count_words with two workers, of files that hold {texts} and of one that does not exist"""
    try:
        seen = answer.count_words([*written(texts), "missing.txt"], 2)
    except Exception:
        return "an exception"
    return {"returned": seen}


@check(kind="EXC", points="1/2", hint="A child's exception ends the child and nobody else. Who looks at its exit code?")
def test_a_file_that_cannot_be_read_is_no_secret(box):
    """When a child cannot read its file, count_words raises; it neither waits for ever nor returns too little."""
    box.run(
        file_that_is_missing,
        texts=[f"a{box.random.randint(10, 99)}", "b"],
        start_method="fork",
        allowed=lambda seen: same(seen, "an exception"),
        expected="an exception comes out of count_words",
    )
