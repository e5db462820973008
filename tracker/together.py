"""Does what many threads ask for at the same moment in one go."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[list[Item]], list[Result]]
"""Takes items and returns the result of each, in their order."""


@dataclass
class _Asked(Generic[Item, Result]):
    item: Item
    results: list[Result] | None = None
    error: BaseException | None = None

    @property
    def is_done(self) -> bool:
        return self.results is not None or self.error is not None


class Together(Generic[Item, Result]):
    """One piece of work is under way at a time; what is asked for meanwhile is the next one.

    So work that costs about the same for many items as for one is done once for many, and
    nobody waits longer than for two pieces of it.
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._at_work = Lock()
        self._waiting: list[_Asked[Item, Result]] = []

    def do(self, item: Item, work: Work[Item, Result]) -> Result:
        """Return this item's result, of the work of some thread; raise what that work raised."""
        asked: _Asked[Item, Result] = _Asked(item)
        with self._guard:
            self._waiting.append(asked)
        with self._at_work:
            if not asked.is_done:
                self._work(work)
        if asked.error is not None:
            raise asked.error
        assert asked.results
        return asked.results[0]

    def _work(self, work: Work[Item, Result]) -> None:
        with self._guard:
            all_asked, self._waiting = self._waiting, []
        try:
            results = work([asked.item for asked in all_asked])
        except BaseException as error:  # noqa: BLE001  raised again for everyone who asked
            for asked in all_asked:
                asked.error = error
            return
        for asked, result in zip(all_asked, results, strict=True):
            asked.results = [result]
