"""What is asked for while work is under way is done in one go, each with its own result."""

from __future__ import annotations

from functools import partial
from threading import Event, Thread

import pytest

from tests.cast import Cast
from tests.crashing import at_once, watched
from tracker.documents import lesson_logs
from tracker.documents.schema import Db
from tracker.errors import Conflict
from tracker.models import LogEntry, LogState
from tracker.together import Together
from tracker.use_cases.checking import check
from tracker.use_cases.logging_a_lesson import log_lesson


class Held:
    """Work that waits, the first time, until `count` others have asked for theirs."""

    def __init__(self, together: Together[int, int], count: int) -> None:
        self.together, self.count = together, count
        self.begun, self.batches = Event(), list[list[int]]()

    def __call__(self, items: list[int]) -> list[int]:
        self.batches.append(items)
        if len(self.batches) == 1:
            self.begun.set()
            while len(self.together._waiting) < self.count:
                pass
        if -1 in items:
            raise LookupError("the work went wrong")
        return [item * 10 for item in items]


def asked(items: list[int]) -> tuple[Held, dict[int, object]]:
    """Ask for the first item, and for the others while it is being worked on."""
    together: Together[int, int] = Together()
    work, answers = Held(together, len(items) - 1), dict[int, object]()

    def ask(item: int) -> None:
        try:
            answers[item] = together.do(item, work)
        except LookupError as error:
            answers[item] = error

    first = Thread(target=ask, args=(items[0],))
    first.start()
    assert work.begun.wait(10)
    at_once([partial(ask, item) for item in items[1:]])
    first.join(10)
    return work, answers


def test_what_is_asked_meanwhile_is_one_piece_of_work() -> None:
    work, answers = asked([1, 2, 3, 4])
    assert [sorted(batch) for batch in work.batches] == [[1], [2, 3, 4]]
    assert answers == {1: 10, 2: 20, 3: 30, 4: 40}


def test_an_error_reaches_everyone_whose_work_it_was_and_nobody_else() -> None:
    _, answers = asked([1, 2, -1])
    assert answers[1] == 10
    assert isinstance(answers[2], LookupError)
    assert answers[2] is answers[-1]


def test_saves_made_together_are_each_saved_or_told_of_the_conflict(db: Db, cast: Cast) -> None:
    cast.ada_logs(db, "django")
    first_write, all_asked, saved = Event(), Event(), list[str]()

    def hold(name: str) -> None:
        if name == "insert_many" and not first_write.is_set():
            first_write.set()
            assert all_asked.wait(10)

    target = watched(db, before=hold)

    def save(slug: str, state: LogState, revision: int) -> None:
        entry, lesson = LogEntry(state, line=slug), cast.lessons[slug]
        try:
            log_lesson(
                target,
                cast.ada_place,
                lesson,
                entry,
                revision=revision,
                by=cast.ada.id,
                at=cast.at,
            )
        except Conflict:
            saved.append(f"not {slug}")
        else:
            saved.append(slug)

    leader = Thread(target=save, args=("python", LogState.DONE, 0))
    leader.start()
    assert first_write.wait(10)
    others = [
        Thread(target=save, args=each)
        for each in (
            ("sql", LogState.STUCK, 0),
            ("django", LogState.STUCK, 1),
            ("data-analysis", LogState.DONE, 7),
        )
    ]
    for thread in others:
        thread.start()
    all_asked.set()
    for thread in (leader, *others):
        thread.join(20)

    assert sorted(saved) == ["django", "not data-analysis", "python", "sql"]
    lines = {log.entry.line for log in lesson_logs.list_for_learner(db, cast.ada_place.id)}
    assert lines == {"python", "sql", "django"}
    assert check(db) == []


@pytest.mark.parametrize("count", [2, 5])
def test_a_first_log_sent_twice_at_once_is_saved_once(db: Db, cast: Cast, count: int) -> None:
    conflicts = list[Conflict]()

    def send() -> None:
        try:
            cast.ada_logs(db, "sql", LogState.DONE)
        except Conflict as error:
            conflicts.append(error)

    at_once([send] * count)
    assert len(conflicts) == count - 1
    assert check(db) == []
