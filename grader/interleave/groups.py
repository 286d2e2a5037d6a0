"""Groups: what one operation touches at several places, such as the lists of which `str(rows)` tells.

To what is searched an access is to one place, and comes when it is told. Where nobody came in between the accesses of
one operation, that is as if all of them had been told last. Where somebody did, an order in which a thread sees neither
of two changes may not be tried; that in which it does not see a single one is: after the first access a search lets the
same thread go on before it tries others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.interleave.operations import Operation, conflict


class Groups:
    """Of one execution."""

    def __init__(self) -> None:
        self.accesses: list[Operation] | None = None
        """All since somebody first touched several places in one go; None before that."""
        self._torn: list[list[Operation]] = []
        """Accesses in one go, in between which others came."""
        self._cut: list[Operation] = []
        """Last accesses of what somebody did bit by bit, in between which others came."""
        self._begun: list[int] = []
        """Where somebody began what is done bit by bit; its next access to the same ends it."""

    def follow(self) -> int:
        """Accesses to several places begin; where, for `done_together`."""
        if self.accesses is None:
            self.accesses = []
        return len(self.accesses)

    def done_together(self, me: int, begun: int, in_pieces: bool = False) -> None:
        """What thread `me` touched since `begun` is what it touches now: in one go, or, where code of the program runs
        in the midst of it, `in_pieces`."""
        accesses = (self.accesses or [])[begun:]
        mine = {one.key: one for one in accesses if one.thread == me}
        if (len(mine) > 1 or (mine and in_pieces)) and _is_torn(accesses, me):
            places = [*mine.values()]
            self._torn.append(places)
            if in_pieces:
                self._cut.append(places[-1])

    def goes_on(self, before: int) -> None:
        """The last access, if there is one more than `before`, begins what its thread does bit by bit."""
        if self.accesses and len(self.accesses) > before:
            self._begun.append(len(self.accesses) - 1)

    def torn(self) -> int:
        """The site where somebody came in between what was done bit by bit, or where several places were touched in one
        go of which others touched several; -1 when there is none."""
        return -1 if self.accesses is None else next((one.site for one in self._torn_ones()), -1)

    def _torn_ones(self) -> Iterator[Operation]:
        yield from self._cut
        yield from (places[-1] for places in self._torn if sum(map(self._is_met, places)) > 1)
        yield from ((self.accesses or [])[begun] for begun in self._begun if self._was_cut(begun))

    def _is_met(self, place: Operation) -> bool:
        return any(one.thread != place.thread and conflict(one, place) for one in self.accesses or ())

    def _was_cut(self, begun: int) -> bool:
        first, *later = (self.accesses or [])[begun:]
        for one in later:
            if one.thread == first.thread and one.key == first.key:
                return False
            if one.thread != first.thread and conflict(one, first):
                return True
        return False


def _is_torn(accesses: Sequence[Operation], me: int) -> bool:
    """Whether others met, before the last access of thread `me`, what it had told of touching."""
    last = max(place for place, one in enumerate(accesses) if one.thread == me)
    told: list[Operation] = []
    for one in accesses[:last]:
        if one.thread == me:
            told.append(one)
        elif any(conflict(one, mine) for mine in told):
            return True
    return False
