"""The server in real runs: exact virtual times for clients that know nothing of it, and every kind of answer.

urllib always; requests, httpx and aiohttp where they are installed.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Any

import pytest
from msgspec import Struct

from grader.processes.run import run
from grader.trace import Json, Ran
from grader.web.server import Server
from grader.web.site import Page, Site

pytestmark = pytest.mark.skipif(importlib.util.find_spec("h11") is None, reason="h11 is not installed")

EVEN = Site(tuple(Page(f"/{number}", f"page {number}", latency=50) for number in range(20)))
ODD = Site(
    (
        Page("/", "home", latency=30),
        Page("/old", status=302, location="/", latency=20),
        Page("/broken", "no", status=500, latency=10),
        Page("/reset", fails="reset", latency=5),
        Page("/cut", "x" * 5000, fails="cut", latency=5),
        Page("/large", "y" * 3_000_000, latency=7),
        Page("/robots.txt", "User-agent: *\nDisallow: /closed/\n", latency=0, kind="text/plain"),
    )
)
CLIENTS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request, urlopen

def get(url):
    return urlopen(url).read().decode()

def one_by_one(_, web):
    return [get(f"{web}/{number}") for number in range(20)]

def threads(_, web, workers):
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda number: get(f"{web}/{number}"), range(20)))

def processes(_, web, workers):
    import multiprocessing
    with multiprocessing.Pool(workers) as pool:
        return pool.map(get, [f"{web}/{number}" for number in range(20)], chunksize=1)

def with_requests(_, web, workers, path):
    sys.path[:0] = path
    import requests
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda number: requests.get(f"{web}/{number}").text, range(20)))

def with_httpx(_, web, workers, path):
    sys.path[:0] = path
    import asyncio, httpx
    async def main():
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=workers), timeout=60) as client:
            return [got.text for got in await asyncio.gather(*(client.get(f"{web}/{each}") for each in range(20)))]
    return asyncio.run(main())

def with_aiohttp(_, web, workers, path):
    sys.path[:0] = path
    import asyncio, aiohttp
    async def one(session, url):
        async with session.get(url) as got:
            return await got.text()
    async def main():
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=workers)) as session:
            return await asyncio.gather(*(one(session, f"{web}/{each}") for each in range(20)))
    return asyncio.run(main())

def asked(_, web, path, method="GET"):
    try:
        with urlopen(Request(web + path, method=method)) as got:
            text = got.read().decode()
            return [got.status, len(text), got.headers["content-type"], text[:40]]
    except OSError as error:
        return [type(error).__name__, getattr(error, "code", 0)]
    except Exception as error:
        return [type(error).__name__]

def noise(_, web):
    import socket
    host, port = web.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(b"\\0\\0 hello\\r\\n\\r\\n")
        return line.makefile("rb").readline().decode()

def one_line_for_all(_, web):
    import http.client
    line = http.client.HTTPConnection(web.removeprefix("http://"))
    texts = []
    for number in range(20):
        line.request("GET", f"/{number}")
        texts.append(line.getresponse().read().decode())
    return texts

def leaves(_, web):
    import socket
    host, port = web.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(b"GET /1 HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n")
    return get(web + "/2")
"""


class Job(Struct, frozen=True):
    scenario: str
    arguments: dict[str, Json]
    source: str = CLIENTS
    file: str = "test_clients.py"
    start_method: str | None = "fork"
    time_limit: float = 60.0


def served(site: Site, scenario: str, **arguments: Any) -> tuple[Ran, dict[str, Any]]:
    server = Server(site)
    try:
        ran = run(Job(scenario, {**arguments, "web": server.url}), {"answer.py": ""}, "answer", server)
        facts: Any = server.facts()
        return ran, facts
    finally:
        server.close()


PATH = [folder for folder in sys.path if (os.path.isdir(folder) and "site-packages" in folder) or "libs" in folder]
TEXTS = [f"page {number}" for number in range(20)]


@pytest.mark.parametrize(
    ("client", "workers", "seconds"),
    [
        ("one_by_one", 0, 1.0),
        ("one_line_for_all", 0, 1.0),
        ("threads", 5, 0.2),
        ("threads", 20, 0.05),
        ("processes", 4, 0.25),
        ("with_requests", 5, 0.2),
        ("with_httpx", 5, 0.2),
        ("with_aiohttp", 5, 0.2),
    ],
)
def test_twenty_pages_of_50_ms_take_exactly_as_long_as_they_must(client: str, workers: int, seconds: float) -> None:
    arguments: dict[str, Any] = {"workers": workers} if workers else {}
    if client.startswith("with_"):
        pytest.importorskip(client.removeprefix("with_"))
        arguments["path"] = PATH
    ran, web = served(EVEN, client, **arguments)
    assert (ran.ending, ran.value) == ("returned", TEXTS), ran
    assert (web["makespan"], web["peak"], web["count"]) == (seconds, max(workers, 1), 20)


@pytest.mark.parametrize(
    ("path", "method", "wanted", "seconds"),
    [
        ("/", "GET", [200, 4, "text/html; charset=utf-8", "home"], 0.03),
        ("/?query=1", "GET", [200, 4, "text/html; charset=utf-8", "home"], 0.03),
        ("/", "HEAD", [200, 0, "text/html; charset=utf-8", ""], 0.03),
        ("/", "POST", ["HTTPError", 405], 0.0),
        ("/old", "GET", [200, 4, "text/html; charset=utf-8", "home"], 0.05),
        ("/broken", "GET", ["HTTPError", 500], 0.01),
        ("/none", "GET", ["HTTPError", 404], 0.0),
        ("/reset", "GET", ["ConnectionResetError", 0], 0.005),
        ("/cut", "GET", ["IncompleteRead"], 0.005),
        ("/large", "GET", [200, 3_000_000, "text/html; charset=utf-8", "y" * 40], 0.007),
        ("/robots.txt", "GET", [200, 33, "text/plain", "User-agent: *\nDisallow: /closed/\n"], 0.0),
    ],
)
def test_every_kind_of_answer(path: str, method: str, wanted: list[Json], seconds: float) -> None:
    ran, web = served(ODD, "asked", path=path, method=method)
    assert ran.value == wanted, ran
    assert web["makespan"] == seconds


def test_noise_is_refused() -> None:
    ran, web = served(ODD, "noise")
    assert ran.value == "HTTP/1.1 400 \r\n"
    assert web["count"] == 0


def test_a_client_that_leaves_is_no_trouble() -> None:
    ran, web = served(EVEN, "leaves")
    assert ran.value == "page 2", ran
    assert web["count"] == 2


def test_the_facts_say_what_was_asked_when() -> None:
    _, web = served(ODD, "asked", path="/old")
    assert web["requests"] == [["/old", 0.0, 0.02, 302], ["/", 0.02, 0.05, 200]]
