"""A site as data: what lies where, how long it takes, what goes wrong. The same on both sides of the border.

Latencies are whole milliseconds, so that virtual times are sums without rounding.
"""

from __future__ import annotations

from random import Random
from typing import Literal, TypeAlias

from msgspec import Struct

Failure: TypeAlias = Literal["", "reset", "cut"]
"""Nothing; the connection is reset instead of an answer; it is closed in the middle of the body."""

MISSING = 404
MOVED = 302
BROKEN = 500
ROBOTS = "/robots.txt"
CLOSED = "/closed/"
"""The folder that a made site's robots.txt asks robots to leave alone."""
WORDS = (
    "lock", "thread", "queue", "token", "barrier", "event", "ring", "page",
    "turn", "gate", "pool", "wait", "wake", "join", "fork", "pipe",
)  # fmt: skip


class Page(Struct, frozen=True):
    path: str
    body: str = ""
    links: tuple[str, ...] = ()
    """The paths that the body links to, in its order."""
    latency: int = 50
    """Milliseconds from the request to the answer."""
    status: int = 200
    location: str = ""
    """Where to, with a status of 301, 302, 303, 307 or 308."""
    kind: str = "text/html; charset=utf-8"
    fails: Failure = ""


class Site(Struct, frozen=True):
    pages: tuple[Page, ...]

    def page(self, path: str) -> Page:
        """What lies at `path`, an address without host and query; a page of status 404 where nothing does."""
        for page in self.pages:
            if page.path == path:
                return page
        return Page(path, document(f"{MISSING}", ()), latency=0, status=MISSING)

    def reachable(self, start: str = "/") -> tuple[str, ...]:
        """The paths that links and redirects lead to from `start`, itself first, each once: those that fail, too."""
        found = [start]
        for path in found:
            page = self.page(path)
            ahead = (*page.links, page.location) if page.location else page.links
            found += [link for link in dict.fromkeys(ahead) if link not in found]
        return tuple(found)


def made(
    draw: Random,
    *,
    pages: int = 20,
    latency: tuple[int, int] = (20, 80),
    broken: int = 1,
    moved: int = 1,
    reset: int = 0,
    closed: int = 0,
) -> Site:
    """A site of `pages` pages below "/", all of them reachable from there, and a robots.txt.

    Of the pages, `broken` answer with status 500, `moved` lead to another page, `reset` break the connection, and
    `closed` lie where robots.txt asks robots not to go. Latencies in milliseconds are drawn between the two bounds.
    """
    paths = ["/", *(f"{CLOSED if number <= closed else '/'}{_name(draw, number)}" for number in range(1, pages))]
    parents = [draw.randrange(place) for place in range(1, pages)]
    leaves = [place for place in range(1, pages) if place not in parents]
    odd = draw.sample(leaves, min(len(leaves), broken + moved + reset))
    built = [_page(draw, paths, parents, place, latency) for place in range(pages)]
    for number, place in enumerate(odd):
        built[place] = _gone_wrong(built[place], number, broken, moved, paths[parents[place - 1]])
    robots = Page(ROBOTS, f"User-agent: *\nDisallow: {CLOSED}\n", latency=0, kind="text/plain; charset=utf-8")
    return Site((*built, robots))


def document(title: str, links: tuple[str, ...], text: str = "") -> str:
    """A page of HTML with a title, a paragraph and a list of links."""
    items = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    return f"<!doctype html><title>{title}</title><h1>{title}</h1><p>{text}</p><ul>{items}</ul>"


def _name(draw: Random, number: int) -> str:
    return f"{draw.choice(WORDS)}-{number}"


def _page(draw: Random, paths: list[str], parents: list[int], place: int, latency: tuple[int, int]) -> Page:
    """Links to the pages that hang from it, then to some others: cycles, too."""
    below = [paths[child] for child, parent in enumerate(parents, 1) if parent == place]
    links = tuple(dict.fromkeys([*below, *draw.sample(paths, min(2, len(paths)))]))
    text = " ".join(draw.choices(WORDS, k=12))
    return Page(paths[place], document(f"Page {place}", links, text), links, draw.randint(*latency))


def _gone_wrong(page: Page, number: int, broken: int, moved: int, elsewhere: str) -> Page:
    if number < broken:
        return Page(page.path, document(f"{BROKEN}", ()), (), page.latency, BROKEN)
    if number < broken + moved:
        return Page(page.path, "", (), page.latency, MOVED, elsewhere)
    return Page(page.path, page.body, (), page.latency, fails="reset")
