"""The public checks of ex01. The hidden ones are of the same kinds, with other amounts and other meetings."""

from __future__ import annotations

from itertools import permutations

from grader.checks import Inside, check, pause, same, scenario, together


@scenario
def one_after_the_other(answer, start, moves):
    """an account opened with {start}, then {moves} in one thread"""
    account = answer.Account(start)
    opening = len(account.history())
    returned = [account.deposit(move) if move > 0 else account.withdraw(-move) for move in moves]
    return {"returned": returned, "balance": account.balance, "history": account.history()[opening:]}


@check(kind="EDGE", points="1/2", hint="Each operation returns the new balance; the history holds +amount and -amount.")
def test_keeps_the_books(box):
    """Deposits and withdrawals return the new balance and appear in the history."""
    start, first, second = (box.random.randint(20, 99) for _ in range(3))
    moves = [first, -(start + first), second, -1]
    box.call(
        one_after_the_other,
        start=start,
        moves=moves,
        expected={"returned": [start + first, 0, second, second - 1], "balance": second - 1, "history": moves},
    )
    box.call(opened_without_a_balance, expected=0)


@scenario
def opened_without_a_balance(answer):
    """Account().balance"""
    return answer.Account().balance


@scenario
def refusals(answer, start, calls):
    """an account opened with {start}, then {calls}, each to be refused"""
    account = answer.Account(start)
    opening = len(account.history())
    said = [refusal(answer, getattr(account, method), amount) for method, amount in calls]
    said.append(refusal(answer, answer.Account, -1))
    return {"refused": said, "balance": account.balance, "history": account.history()[opening:]}


def refusal(answer, call, amount):
    """Which of the two refusals it was; a class derived from ValueError is a ValueError."""
    try:
        call(amount)
    except answer.InsufficientFunds:
        return "InsufficientFunds"
    except ValueError:
        return "ValueError"
    return "accepted"


@check(kind="EDGE", points="1/2", hint="Look at the amount before you touch anything: 0 is refused like -5.")
def test_refuses_what_it_must(box):
    """What must be refused is refused with the right exception and changes nothing."""
    start, below = box.random.randint(20, 99), -box.random.randint(2, 9)
    calls = [["deposit", 0], ["deposit", below], ["withdraw", 0], ["withdraw", below], ["withdraw", start + 1]]
    said = [*["ValueError"] * 4, "InsufficientFunds", "ValueError"]
    box.call(
        refusals,
        start=start,
        calls=calls,
        allowed=lambda seen: same(seen, {"refused": said, "balance": start, "history": []}),
        expected="ValueError for 0 and below, and for Account(-1); InsufficientFunds for one too many; nothing changed",
    )


@scenario
def spoiled_history(answer):
    """account.deposit(7), then account.history().append(99), then account.history().clear()"""
    account, other = answer.Account(10), answer.Account(10)
    opening = len(account.history())
    account.deposit(7)
    account.history().append(99)
    after_append = account.history()[opening:]
    account.history().clear()
    after_clear = account.history()[opening:]
    return {"after append": after_append, "after clear": after_clear, "of another account": other.history()[opening:]}


@check(kind="EDGE", points="1/2", hint="A list is handed out by reference; whoever gets it can change it.")
def test_history_is_a_copy(box):
    """Whoever changes the list that history() returned does not change the account."""
    box.call(spoiled_history, expected={"after append": [7], "after clear": [7], "of another account": []})


@scenario
def at_once(answer, start, moves):
    """an account opened with {start}; a thread for each of {moves}, all at once"""
    account = answer.Account(start)
    opening = len(account.history())
    results = together(*(moving(account, move) for move in moves))
    return {"results": results, "balance": account.balance, "history": account.history()[opening:]}


def moving(account, move):
    return (lambda: account.deposit(move)) if move > 0 else (lambda: account.withdraw(-move))


def one_by_one(start, moves, order):
    """What `at_once` must see when the moves happen whole, in this order."""
    results, balance, history = [None] * len(moves), start, []
    for place in order:
        if balance + moves[place] < 0:
            results[place] = "InsufficientFunds"
            continue
        balance += moves[place]
        history.append(moves[place])
        results[place] = balance
    return {"results": results, "balance": balance, "history": history}


def as_in_some_order(start, moves):
    """A predicate: every result, the balance and the history fit one and the same order of the moves."""
    possible = [one_by_one(start, moves, order) for order in permutations(range(len(moves)))]

    def fits(seen):
        said = [record["value"] if "value" in record else record["raised"] for record in seen["results"]]
        return any(same({**seen, "results": said}, one) for one in possible)

    return fits


@check(kind="SAFE", points="1/2", hint="Two threads see 1000 and both take 800: which line must not be split?")
def test_never_overdraws(box):
    """Two threads withdraw 800 from 1000: one gets it, one is refused."""
    box.explore(
        at_once,
        start=1000,
        moves=[-800, -800],
        ran="an account of 1000; two threads withdraw 800 each",
        allowed=as_in_some_order(1000, [-800, -800]),
        expected="one gets 800, the other InsufficientFunds; balance 200, history [-800]",
    )


@check(kind="SAFE", points="1/2", hint="Update, history and the value to return belong into one `with` block.")
def test_history_adds_up(box):
    """Three threads at once: results, balance and history tell one and the same story."""
    first, second, third = box.random.sample(range(10, 60), 3)
    moves = [first, second, -third]
    box.explore(
        at_once,
        start=100,
        moves=moves,
        allowed=as_in_some_order(100, moves),
        expected="as if one came after the other: each result is 100 plus the history up to that operation",
    )


@scenario
def after_a_refusal(answer, start):
    """an account of {start}: A withdraws too much while B deposits 5; then C deposits 0, D withdraws 1, E deposits 1"""
    account = answer.Account(start)
    results = together(lambda: account.withdraw(start + 100), lambda: account.deposit(5))
    for name, call, amount in [("C", account.deposit, 0), ("D", account.withdraw, 1), ("E", account.deposit, 1)]:
        results += together(lambda call=call, amount=amount: call(amount), names=[name])
    return {"results": results, "balance": account.balance}


@check(kind="EXC", points="1/2", hint="Who gives the lock back when you raise? `with` does, acquire() alone does not.")
def test_refusal_holds_up_nobody(box):
    """After a refusal the account is free for every other thread."""
    start = box.random.randint(20, 99)

    def goes_on(seen):
        short, deposited, zero, taken, last = seen["results"]
        named = short["raised"] == "InsufficientFunds" and "raised" in zero
        return named and [deposited, taken, last] == [{"value": start + more} for more in (5, 4, 5)]

    box.explore(
        after_a_refusal,
        start=start,
        allowed=goes_on,
        expected="A and C are refused; B, D and E get their turn",
        executions=500,
    )


def holding(name):
    """A method of int in which the scheduler may switch, and which says that somebody is inside."""
    plain = getattr(int, name)

    def method(self, other):
        if other not in (0, 1):  # a comparison with 0 or 1 is the test of the amount, which needs no lock
            with self.inside:
                pause()
        return plain(self, other)

    return method


OPERATORS = ("__lt__", "__le__", "__gt__", "__ge__", "__add__", "__radd__", "__sub__", "__rsub__")


def held(values):
    """Numbers with such methods."""
    kind = type("Held", (int,), {name: holding(name) for name in OPERATORS})
    return [kind(value) for value in values]


@scenario
def two_accounts(answer):
    """two accounts of 1000 and 2000; A withdraws 300 from the one while B withdraws 400 from the other"""
    inside = Inside()
    numbers = held((1000, 300, 2000, 400))
    for number in numbers:
        number.inside = Inside()
    one, other = answer.Account(numbers[0]), answer.Account(numbers[2])
    for number in numbers:
        number.inside = inside
    together(lambda: one.withdraw(numbers[1]), lambda: other.withdraw(numbers[3]))
    return {"at work at once": inside.most, "left": [one.balance, other.balance]}


@scenario
def two_refusals(answer):
    """two accounts of 10; A asks the one for 20 while B asks the other for 30"""
    inside = Inside()
    plain = answer.InsufficientFunds.__init__

    def hold(self, *args, **kwargs):
        with inside:
            pause()
        plain(self, *args, **kwargs)

    answer.InsufficientFunds.__init__ = hold
    one, other = answer.Account(10), answer.Account(10)
    together(lambda: one.withdraw(20), lambda: other.withdraw(30))
    return {"at work at once": inside.most}


@check(kind="PAR", points="1/2", hint="How many locks does a bank of a million accounts need? Where is each made?")
def test_accounts_do_not_wait_for_each_other(box):
    """Two threads at two different accounts can both be at work at once."""
    box.call(two_accounts, allowed=lambda seen: seen["left"] == [700, 1600], expected="700 and 1600 are left")
    for meeting in (two_accounts, two_refusals):
        # 0: the answer never let itself be held (it turns its numbers into plain ones): nothing can be said against it.
        box.possible(
            meeting,
            wanted=lambda seen: seen["at work at once"] in (0, 2),
            expected="on some schedule A and B are both in the middle of their withdrawals",
        )
