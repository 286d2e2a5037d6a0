"""Unwritten data: which looks at data need be no steps, because nobody changes that data while several threads live.

Of every place in the sources this is taken to be so until an execution shows otherwise; then the search begins anew,
with one place more that is a step. A look at what nobody changes commutes with all that others do, so that where the
thread could have been interrupted before it, it can as well be interrupted after it. And as long as nothing has been
changed that was taken to be unchanging, the search is the same as one in which every look is a step: it meets the
first such change, if there is one. Musuvathi et al., "Finding and Reproducing Heisenbugs in Concurrent Programs"
(OSDI 2008), section 3, leave out the accesses that do not race for the same reason.
"""

from __future__ import annotations


class Unwritten:
    """Of one search; `begin` before each execution."""

    def __init__(self) -> None:
        self._steps: set[int] = set()
        """Places (sites) that look at what somebody changes."""
        self.mistaken = False
        """The execution showed a place that is not in the list it began with: what follows from it does not hold."""
        self._looks: dict[int, set[int]] = {}
        """Location -> the places that look at it."""
        self._changed: set[int] = set()
        """Locations that were changed, or a part of which was."""
        self._wholly: set[int] = set()
        """Those that were changed as a whole."""
        self._parts: dict[int, set[int]] = {}
        """Location -> the parts of it that were looked at."""

    def begin(self) -> None:
        self.mistaken = False
        self._looks.clear()
        self._changed.clear()
        self._wholly.clear()
        self._parts.clear()

    def looks(self, key: int, site: int, whole: int = -1) -> bool:
        """The location `key`, a part of `whole`, is looked at; whether that need be no step."""
        if site in self._steps:
            return False
        if key in self._changed or whole in self._wholly:
            self._steps.add(site)
            self.mistaken = True
            return False
        self._looks.setdefault(key, set()).add(site)
        if whole >= 0:
            self._parts.setdefault(whole, set()).add(key)
        return True

    def changes(self, key: int, whole: int = -1) -> None:
        """The location `key`, a part of `whole`, is changed."""
        self._changed.add(key)
        if whole >= 0:
            self._changed.add(whole)
        else:
            self._wholly.add(key)
        for one in (key, whole, *self._parts.pop(key, ())):
            sites = self._looks.pop(one, None)
            if sites:
                self._steps |= sites
                self.mistaken = True
