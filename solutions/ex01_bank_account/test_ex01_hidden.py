"""The hidden checks of ex01: the same classes of trouble in other meetings, with drawn amounts."""

from __future__ import annotations

from itertools import permutations

from grader.checks import check, same, scenario, together


@scenario
def long_day(answer, start, moves):
    """an account of {start}, then {moves} in one thread, some of them refused"""
    account = answer.Account(start)
    opening = len(account.history())
    return {"said": [said_to(answer, account, *move) for move in moves], "history": account.history()[opening:]}


def said_to(answer, account, method, amount):
    """What the move returned, or the name of its refusal, and the balance after it."""
    try:
        result = getattr(account, method)(amount)
    except answer.InsufficientFunds:
        result = "InsufficientFunds"
    except ValueError:
        result = "ValueError"
    return [result, account.balance]


def model_of(start, moves):
    """What `long_day` must see."""
    balance, said, history = start, [], []
    for method, amount in moves:
        change = amount if method == "deposit" else -amount
        if amount <= 0:
            said.append(["ValueError", balance])
        elif balance + change < 0:
            said.append(["InsufficientFunds", balance])
        else:
            balance += change
            history.append(change)
            said.append([balance, balance])
    return {"said": said, "history": history}


@check(kind="EDGE", points="1/2", hint="Follow the refused moves by hand: what may each of them change?")
def test_books_of_a_long_day(box):
    """A long row of moves, with refusals between them and the account emptied to 0, is booked right."""
    draw = box.random.randint
    start, more, rest = draw(50, 99), draw(2, 9), draw(2, 9)
    moves = [
        ["withdraw", start],
        ["withdraw", 1],
        ["deposit", more + rest],
        ["withdraw", more + rest + 1],
        ["deposit", 0],
        ["withdraw", more],
        ["deposit", -rest],
        ["withdraw", 0],
        ["withdraw", -more],
        ["withdraw", rest],
        ["deposit", draw(100, 999)],
    ]
    wanted = model_of(start, moves)
    box.call(long_day, start=start, moves=moves, allowed=lambda seen: same(seen, wanted), expected=str(wanted["said"]))


@scenario
def one_in_two_out(answer, start, more, one, other):
    """an account of {start}; at once A deposits {more}, B withdraws {one}, C withdraws {other}"""
    account = answer.Account(start)
    opening = len(account.history())
    results = together(
        lambda: account.deposit(more),
        lambda: account.withdraw(one),
        lambda: account.withdraw(other),
    )
    return {"results": results, "balance": account.balance, "history": account.history()[opening:]}


def in_order(start, moves, order):
    """What three whole moves in this order give."""
    results, balance, history = [None] * len(moves), start, []
    for place in order:
        if balance + moves[place] < 0:
            results[place] = "InsufficientFunds"
        else:
            balance += moves[place]
            history.append(moves[place])
            results[place] = balance
    return {"results": results, "balance": balance, "history": history}


@check(kind="SAFE", points="1/2", hint="deposit and withdraw change the same balance: do they use the same lock?")
def test_deposit_meets_withdrawals(box):
    """A deposit and two withdrawals at once, of which one may have to be refused, come one after the other."""
    more, one, other = box.random.sample(range(10, 40), 3)
    start = one + other - 1
    moves = [more, -one, -other]
    possible = [in_order(start, moves, order) for order in permutations(range(3))]

    def fits(seen):
        said = [record["value"] if "value" in record else record["raised"] for record in seen["results"]]
        return any(same({**seen, "results": said}, wanted) for wanted in possible)

    box.explore(
        one_in_two_out,
        start=start,
        more=more,
        one=one,
        other=other,
        allowed=fits,
        expected="results, balance and history as in one of the six orders of three whole moves",
    )


@scenario
def onlooker(answer, start, amount):
    """an account of {start}; A and B withdraw {amount} each while C looks at balance and history"""
    account = answer.Account(start)
    opening = len(account.history())
    looks = {}

    def look():
        looks["balance"] = account.balance
        looks["history"] = account.history()[opening:]

    records = together(lambda: account.withdraw(amount), lambda: account.withdraw(amount), look)
    return {"C saw": looks, "refused": [record.get("raised") for record in records]}


@check(kind="SAFE", points="1/2", hint="May anybody look at the balance while another thread is halfway through?")
def test_onlookers_see_whole_moves(box):
    """Whoever looks at the account meanwhile sees a balance and a history that were true between two moves."""
    start = box.random.randint(50, 99)
    amount = start - box.random.randint(1, 9)
    box.explore(
        onlooker,
        start=start,
        amount=amount,
        allowed=lambda seen: (
            seen["C saw"]["balance"] in (start, start - amount)
            and seen["C saw"]["history"] in ([], [-amount])
            and seen["refused"] in ([None, "InsufficientFunds", None], ["InsufficientFunds", None, None])
        ),
        expected=f"a balance of {start} or {start - amount}, a history of [] or [{-amount}]; one withdrawal refused",
    )
