"""A cohort's morning: learners sign in, log, comment and get stuck while coaches watch.

    .venv/bin/python -m bench.morning [--learners 1000] [--coaches 20] [--minutes 10]

Prints how long people waited, by what they did, and fails if any answer was an error, if a write
that was acknowledged is not there afterwards, or if `check` finds anything.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from statistics import quantiles
from urllib.parse import urlencode

from pymongo import MongoClient

from bench.load import cpu_seconds, pss_megabytes
from embedded import EmbeddedMongo
from tests.browser.server import DATABASE, Gunicorn
from tracker.clock import utc_now
from tracker.demo.curriculum import SLUG
from tracker.documents.schema import Db, Document
from tracker.use_cases.checking import check
from tracker.use_cases.demo import COACH, PASSWORD, Size, load_demo
from tracker.use_cases.migrating import prepare_database

LOOK_SECONDS = 2.0  # as static/js/live.js
AT_ONCE = 48  # learners whose requests are under way
TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
LINE_FORM = re.compile(
    rb'action="(/cohorts/[^"]+/lessons/[^"]+/line)".{0,400}?name="revision" value="(\d+)"', re.S
)
LESSON = re.compile(rb'href="(/cohorts/[^"]+/lessons/[^"#?]+)"')
SUBJECT = re.compile(rb'name="subject" value="([^"]+)"')


@dataclass
class Seen:
    """Waits in ms by deed, answers that were errors, writes that were acknowledged."""

    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    lines: set[str] = field(default_factory=set)
    comments: set[str] = field(default_factory=set)


class Browser:
    """One person's connection, with their cookies; every answer is timed."""

    def __init__(self, port: int, seen: Seen) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._seen = seen
        self._cookies: dict[str, str] = {}
        self._tags: dict[str, str] = {}

    def ask(self, deed: str, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Ask for a page or post a form; a repeated look sends the tag it has."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if form is None and path in self._tags:
            headers["If-None-Match"] = self._tags[path]
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.monotonic()
        try:
            self._connection.request(
                "GET" if form is None else "POST", path, urlencode(form) if form else None, headers
            )
            response = self._connection.getresponse()
            body = response.read()
        except (OSError, HTTPException) as error:
            self._connection.close()
            self._seen.errors[f"{deed}: {type(error).__name__}"] += 1
            return 0, b""
        self._seen.waits[deed].append((time.monotonic() - begun) * 1000)
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        if tag := response.headers.get("ETag"):
            self._tags[path] = tag
        if response.status >= 400:
            self._seen.errors[f"{deed}: {response.status}"] += 1
        return response.status, body

    def sign_in(self, email: str) -> bool:
        """Sign in by the form; tell if it worked."""
        _status, page = self.ask("open the sign-in page", "/login")
        token = TOKEN.search(page)
        if token is None:
            return False
        form = {"email": email, "password": PASSWORD, "csrf_token": token.group(1).decode()}
        return self.ask("sign in", "/login", form)[0] == 302

    def close(self) -> None:
        self._connection.close()


def learn(port: int, seen: Seen, number: int, starts: float, random: Random) -> None:
    """Sign in, look at Today, log two lessons, one of them stuck for one in ten, and comment."""
    time.sleep(max(0.0, starts - time.monotonic()))
    browser = Browser(port, seen)
    email = f"learner-{number:04}@demo.example" if number else "learner@demo.example"
    if browser.sign_in(email):
        _status, today = browser.ask("open Today", "/")
        token = TOKEN.search(today)
        forms = LINE_FORM.findall(today)[:2]
        for place, (action, revision) in enumerate(forms):
            line = f"what learner {number} wrote, line {place}"
            stuck = place == 0 and random.random() < 0.1
            form = {
                "csrf_token": token.group(1).decode() if token else "",
                "revision": revision.decode(),
                "state": "stuck" if stuck else "done",
                "line": line,
            }
            if browser.ask("log a line", action.decode(), form)[0] == 302:
                seen.lines.add(line)
        comment(browser, seen, today, number)
    browser.close()


def comment(browser: Browser, seen: Seen, today: bytes, number: int) -> None:
    """Open a lesson of Today and comment on it."""
    lesson = LESSON.search(today)
    if lesson is None:
        return
    _status, page = browser.ask("open a lesson", lesson.group(1).decode())
    token, subject = TOKEN.search(page), SUBJECT.search(page)
    if token is None or subject is None:
        return
    text = f"what learner {number} asked"
    form = {
        "csrf_token": token.group(1).decode(),
        "subject": subject.group(1).decode(),
        "text": text,
        "visibility": "cohort" if number % 2 else "staff",
    }
    if browser.ask("comment", f"/cohorts/{SLUG}/comments", form)[0] == 302:
        seen.comments.add(text)


def watch(port: int, seen: Seen, over: threading.Event) -> None:
    """Keep a dashboard open, as its page does, until the morning is over."""
    browser = Browser(port, seen)
    address = f"/cohorts/{SLUG}/dashboard"
    browser.sign_in(COACH)
    while not over.wait(LOOK_SECONDS):
        if browser.ask("ask for the version", f"{address}/version")[0] == 200:
            browser.ask("open the dashboard", address)
            browser.ask("matrix.json", f"{address}/matrix.json")
    browser.close()


def main() -> int:
    """Let the morning pass; print what was seen; return 1 if anything was lost or refused."""
    options = arguments()
    with tempfile.TemporaryDirectory() as name, EmbeddedMongo(Path(name)) as mongo:
        client: MongoClient[Document] = MongoClient(mongo.uri, tz_aware=True, journal=True)
        db = client[DATABASE]
        prepare_database(db)
        load_demo(db, Size(options.learners, 22), at=utc_now())
        give_everyone_a_password(db)
        gunicorn = Gunicorn(Path(name), mongo.uri)
        gunicorn.start()
        try:
            seen, cpu, took = pass_morning(gunicorn, options, mongo.pid or 0)
            memory = pss_megabytes([gunicorn.pid, mongo.pid or 0])
        finally:
            gunicorn.stop()
        lost = lost_writes(db, seen)
        problems = check(db)
        print_seen(seen)
        print(f"{took:.0f} s, {cpu / took:.2f} cores busy, {memory:.0f} MB (PSS)")
        print(f"acknowledged: {len(seen.lines)} lines, {len(seen.comments)} comments")
        print(f"lost: {len(lost)}; check: {len(problems)} problems; errors: {dict(seen.errors)}")
    return int(bool(lost or problems or seen.errors))


def give_everyone_a_password(db: Db) -> None:
    """Let the made-up learners sign in as the demo's coach does."""
    coach = db["people"].find_one({"email": COACH})
    assert coach is not None
    db["people"].update_many({}, {"$set": {"password_hash": coach["password_hash"]}})


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.morning", description=__doc__)
    parser.add_argument("--learners", type=int, default=1000)
    parser.add_argument("--coaches", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10.0)
    return parser.parse_args()


def pass_morning(
    gunicorn: Gunicorn, options: argparse.Namespace, mongo_pid: int
) -> tuple[Seen, float, float]:
    """Run everyone's morning; return what was seen, the servers' processor time, the seconds."""
    seen, over, random = Seen(), threading.Event(), Random(7)
    roots = [gunicorn.pid, mongo_pid]
    before, began = cpu_seconds(roots), time.monotonic()
    times = sorted(random.uniform(0, options.minutes * 60) for _ in range(options.learners))
    with ThreadPoolExecutor(options.coaches) as coaches, ThreadPoolExecutor(AT_ONCE) as learners:
        watching = [
            coaches.submit(watch, gunicorn.port, seen, over) for _ in range(options.coaches)
        ]
        mornings = [
            learners.submit(learn, gunicorn.port, seen, number, began + at, Random(number))
            for number, at in enumerate(times)
        ]
        for morning in mornings:
            morning.result()
        over.set()
        for coach in watching:
            coach.result()
    return seen, cpu_seconds(roots) - before, time.monotonic() - began


def lost_writes(db: Db, seen: Seen) -> set[str]:
    """Return what was acknowledged and is not in the database."""
    lines = {one["entry"]["line"] for one in db["lesson_logs"].find({}, {"entry.line": 1})}
    comments = {one["text"] for one in db["comments"].find({}, {"text": 1})}
    return (seen.lines - lines) | (seen.comments - comments)


def print_seen(seen: Seen) -> None:
    print(f"{'':26}{'answers':>9}{'p50 ms':>9}{'p90 ms':>9}{'p99 ms':>9}{'most ms':>9}")
    everything: list[float] = []
    for deed, waits in sorted(seen.waits.items()):
        everything += waits
        print_waits(deed, waits)
    print_waits("everything", everything)


def print_waits(deed: str, waits: list[float]) -> None:
    with suppress(IndexError):
        cuts = quantiles(waits, n=100) if len(waits) > 1 else waits * 99
        numbers = (cuts[49], cuts[89], cuts[98], max(waits))
        print(f"{deed:26}{len(waits):9}" + "".join(f"{number:9.0f}" for number in numbers))


if __name__ == "__main__":
    sys.exit(main())
