"""Watches every page of a browser context for errors that a person would hardly notice."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
STATUS = re.compile(r"the server responded with a status of (\d+)")
LEFT = "net::ERR_ABORTED"  # the reader went on before the answer came, or it became a download
AWAY = "net::ERR_INTERNET_DISCONNECTED"
NO_ANSWER = re.compile(f"{AWAY}|htmx:error: Failed to fetch")
WIDER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = [...document.body.querySelectorAll("*")].filter(
    (one) => one.getBoundingClientRect().right > room + 1);
  return wide.map((one) => `${one.tagName}.${one.className} ${one.textContent.slice(0, 40)}`);
}"""


class Watch:
    """Collects errors of the console, of scripts, of the security policy and of requests.

    `allowed` holds the statuses from 400 up that the story is about.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.allowed: set[int] = set()
        self.offline = False

    def over(self, context: BrowserContext) -> None:
        """Begin to watch every page of this context, those that it opens later too."""
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        context.on("requestfailed", self._on_failure)
        context.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        status = STATUS.search(message.text)
        if status and int(status[1]) in self.allowed:
            return
        if self.offline and NO_ANSWER.search(message.text):
            return
        self.problems.append(f"console: {message.text} ({message.page and message.page.url})")

    def _on_failure(self, request: Request) -> None:
        if request.failure == LEFT or (self.offline and request.failure == AWAY):
            return
        self.problems.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.allowed:
            self.problems.append(f"status {response.status}: {response.url}")


def assert_fits(page: Page) -> None:
    """Check that the page does not scroll sideways."""
    wide = page.evaluate(WIDER)
    assert not wide, f"{page.url} is wider than the screen: {wide[-5:]}"
