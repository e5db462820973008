"""Learners who log and comment over HTTP as fast as they can, and note what was acknowledged."""

from __future__ import annotations

import http.client
import re
import threading
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
REVISION = re.compile(r'name="revision" value="(\d+)"')
LINE = re.compile(r'<input[^>]* name="line"[^>]* value="([^"]*)"')


class NoAnswer(Exception):
    """No answer came."""


@dataclass(frozen=True)
class Answer:
    """A page as it came."""

    status: int
    text: str
    headers: http.client.HTTPMessage


@dataclass
class Visitor:
    """A browser with its cookies and token, and nothing else of a browser."""

    port: int
    language: str = "en"
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def post(self, path: str, form: dict[str, str], *, htmx: bool = False) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if htmx:
            headers["HX-Request"] = "true"
        return self._ask("POST", path, urlencode({"csrf_token": self.token, **form}), headers)

    def sign_in(self, email: str, password: str) -> None:
        self._keep(self.get("/login"))
        answer = self.post("/login", {"email": email, "password": password})
        assert answer.status == 302, answer.text
        self._keep(answer)
        self._keep(self.get("/account"))

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Accept-Language": self.language, "Cookie": cookies, **headers}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as wire:
            try:
                wire.request(method, quote(path, safe="/?=&:#"), body, headers)
                answer = wire.getresponse()
                return Answer(answer.status, answer.read().decode(), answer.headers)
            except (OSError, http.client.HTTPException) as error:
                raise NoAnswer from error

    def _keep(self, answer: Answer) -> None:
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if token := TOKEN.search(answer.text):
            self.token = token[1]


@dataclass
class Learner:
    """One learner's record of a cohort, as the pages acknowledged it.

    `lines` holds what was saved of each lesson, one entry for each revision; `doubts` what was
    sent without an answer, which may be there or not.
    """

    visitor: Visitor
    name: str
    cohort: str
    lines: dict[str, list[str]]
    comments: list[str] = field(default_factory=list)
    doubts: set[str] = field(default_factory=set)
    attempts: int = 0

    def log(self, lesson: str) -> bool:
        """Log a lesson once more; return whether that was acknowledged."""
        self.attempts += 1
        line = f"{self.name} on {lesson}, attempt {self.attempts}"
        form = {"state": "done", "line": line, "revision": str(len(self.lines[lesson]))}
        self.doubts.add(line)
        answer = self.visitor.post(f"/cohorts/{self.cohort}/lessons/{lesson}/line", form, htmx=True)
        if answer.status == 200:
            self.lines[lesson].append(line)
        return answer.status == 200

    def comment(self, subject: str) -> bool:
        """Write a comment; return whether that was acknowledged."""
        self.attempts += 1
        text = f"{self.name} says number {self.attempts}"
        form = {"subject": subject, "text": text, "visibility": "cohort"}
        answer = self.visitor.post(f"/cohorts/{self.cohort}/comments", form)
        if answer.status == 302:
            self.comments.append(text)
        return answer.status == 302

    def look_again(self, lesson: str) -> None:
        """Take from the lesson's page whether a save without an answer was kept."""
        page = self.visitor.get(f"/cohorts/{self.cohort}/lessons/{lesson}").text
        revision, line = REVISION.search(page), LINE.search(page)
        if revision is None or line is None:
            raise NoAnswer
        lines = self.lines[lesson]
        if int(revision[1]) == len(lines) + 1 and line[1] in self.doubts:
            lines.append(line[1])
        assert int(revision[1]) == len(lines), f"{self.name}'s log of {lesson}: a save is lost"
        assert not lines or line[1] == lines[-1]


class Class:
    """Several learners who write at the same time, each in a thread, until told to stop."""

    def __init__(self, learners: list[Learner], subject: str) -> None:
        self.learners = learners
        self.errors: list[BaseException] = []
        self._subject = subject
        self._acknowledged = 0
        self._changed = threading.Condition()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(one,)) for one in learners]
        for thread in self._threads:
            thread.start()

    def wait_for(self, more: int, limit: float) -> None:
        """Return once so many more writes were acknowledged; fail after `limit` seconds."""
        with self._changed:
            wanted = self._acknowledged + more
            came = self._changed.wait_for(
                lambda: self._acknowledged >= wanted or bool(self.errors), limit
            )
        assert not self.errors, self.errors
        assert came, f"fewer than {more} writes were acknowledged in {limit} s"

    def dismiss(self) -> None:
        """Let everyone finish the write that they are at."""
        self._over.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()
        assert not self.errors, self.errors

    def _write(self, learner: Learner) -> None:
        try:
            while not self._over.is_set():
                for lesson in learner.lines:
                    self._write_about(learner, lesson)
        except BaseException as error:  # noqa: BLE001  told by the test's own thread
            self.errors.append(error)

    def _write_about(self, learner: Learner, lesson: str) -> None:
        """Log a lesson and, now and then, comment on it; look again where no answer came."""
        try:
            done = learner.log(lesson)
            if done and learner.attempts % 4 == 0:
                done = learner.comment(self._subject)
            if not done:
                learner.look_again(lesson)
        except NoAnswer:
            if self._over.wait(0.05):
                return
            self._look_again(learner, lesson)
            return
        with self._changed:
            self._acknowledged += done
            self._changed.notify_all()

    def _look_again(self, learner: Learner, lesson: str) -> None:
        try:
            learner.look_again(lesson)
        except NoAnswer:
            return
