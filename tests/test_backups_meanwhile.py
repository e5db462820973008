"""Whatever people do while a backup is made, it comes back whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.browser.server import wait_until
from tests.cast import Cast, make_cast
from tests.crashing import at_once
from tests.helping import asks, learner, stands_in_queue
from tests.posts.bringing_in import POST, bring_in
from tests.test_backups import backed_up, raw_of
from tracker.curricula import editing
from tracker.curricula.file import CurriculumFile
from tracker.curricula.storing import file_of
from tracker.documents import cohorts, copying, lesson_logs
from tracker.documents.schema import Db
from tracker.models import Enrolment, Lesson, LogEntry, LogState, Retrospective, Status, Visibility
from tracker.reports.curricula import stored_curriculum
from tracker.use_cases import checking
from tracker.use_cases.answering_help import merge_problems, split_problem
from tracker.use_cases.changing_curricula import change_curriculum
from tracker.use_cases.checking import check
from tracker.use_cases.commenting import Draft, add_comment
from tracker.use_cases.confirming_people import apply_import, undo_import
from tracker.use_cases.filing_posts import undo_post
from tracker.use_cases.importing_people import keep_draft, read_people
from tracker.use_cases.logging_a_lesson import log_lesson
from tracker.use_cases.looking_back import save_retrospective
from tracker.use_cases.managing_people import set_statuses
from tracker.use_cases.restoring import restore
from tracker.use_cases.setting_done import set_done, undo_done
from tracker.use_cases.staff_notes import add_note

OF_ENROLMENT = ("lesson_logs", "retrospectives", "project_notes", "posts", "help_requests")
ERRORS = (
    "ModuleNotFoundError: No module named 'flask'",
    "PermissionError: [Errno 13] Permission denied: '/etc/nginx/nginx.conf'",
    "ERROR 1045 (28000): Access denied for user 'root'@'localhost'",
)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0.0)


WHEN = {
    "log_and_look_back": "marks comments lesson_logs log_revisions activity posts enrolments",
    "ask_for_help": "help_requests problems posts",
    "bring_posts": "comments retrospectives lesson_logs log_revisions posts enrolments",
    "come_and_go": "help_queue help_requests posts enrolments people_imports steps people",
    "change_the_curriculum": "lesson_logs steps lessons cohorts open_changes"
    " curriculum_changes people",
}
"""What happens before which collections are read: wherever the copy could come apart."""


class Life:
    """What people do, again and again, each time something new; it remembers every curriculum."""

    def __init__(self, db: Db) -> None:
        self.db, self.cast = db, make_cast(db)
        self.curricula: dict[int, CurriculumFile] = {}
        self._note_curriculum()
        self.undoable = [bring_in(db, self.cast, f"{POST}\nbefore\n")]
        self.imported = self._import_people("before")
        self.waiting = self._learner_in_queue("Goes before")

    def goes_on(self, name: str, number: int) -> None:
        """Let happen what happens before this collection is read."""
        for deed, names in WHEN.items():
            if name in names.split():
                getattr(self, deed)(number)

    def log_and_look_back(self, number: int) -> None:
        db, cast = self.db, self.cast
        for slug in ("python",):
            log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons[slug].id)
            for more in range(2):  # the second would stand in the history of a copy of the first
                revision = (log.revision if log else 0) + more
                state = list(LogState)[(number + more) % 4]
                cast.ada_logs(db, slug, state, revision=revision, line=f"line {number}.{more}")
        _, place = learner(db, cast, f"New{number}")
        logs(db, cast, place, cast.lessons["sql"], f"first of {number}")
        done = cast.lessons["machine-learning"]
        set_done(db, cast.reader("ben"), place, done, reason="x", at=cast.at)
        undo_done(db, cast.reader("ben"), place, done, at=cast.at)
        look = Retrospective(place.id, cast.curriculum.steps[0].id, good=f"good {number}")
        save_retrospective(db, cast.ai7.id, look, by=place.person_id, at=cast.at)
        note = Draft(f"said {number}", Visibility.COHORT, f"lesson:{done.id}", "STEP 1")
        add_comment(db, cast.reader("ada"), note, at=cast.at)
        add_note(db, cast.reader("ben"), place, f"noted {number}", at=cast.at)

    def ask_for_help(self, number: int) -> None:
        db, cast, at = self.db, self.cast, self.cast.at
        first, second, third = (asks(db, cast, error, at=at) for error in ERRORS)
        if number % 2:
            merge_problems(db, cast.reader("ben"), first[1].id, second[1].id, at=at)
        split_problem(db, cast.reader("ben"), third[1].id, requests=[third[0]], title="x", at=at)

    def bring_posts(self, number: int) -> None:
        self.undoable.append(bring_in(self.db, self.cast, f"{POST}\n{number}\n"))
        post = self.undoable.pop(0)
        undo_post(self.db, self.cast.ada_place, self.cast.curriculum, post.id, at=self.cast.at)

    def come_and_go(self, number: int) -> None:
        db, cast = self.db, self.cast
        before, self.imported = self.imported, self._import_people(str(number))
        undo_import(db, cast.ai7, before, by=cast.dana.id, at=cast.at)
        gone, self.waiting = self.waiting, self._learner_in_queue(f"Goes{number}")
        set_statuses(db, cast.reader("dana"), [gone.id], Status.DROPPED, reason="", at=cast.at)

    def _learner_in_queue(self, name: str) -> Enrolment:
        person, place = learner(self.db, self.cast, name)
        stands_in_queue(self.db, self.cast, (person, place))
        return place

    def _import_people(self, name: str) -> Any:
        db, cast = self.db, self.cast
        data = f"name,email,role\nA {name},a{name}@example.com,learner\n".encode()
        draft, roster = read_people(
            db, cast.ai7, data, by=cast.dana.id, file_name="f.csv", at=cast.at
        )
        assert not roster.problems
        keep_draft(db, draft)
        return apply_import(db, cast.ai7, draft, by=cast.dana.id, at=cast.at)

    def change_the_curriculum(self, number: int) -> None:
        cohort = cohorts.get(self.db, self.cast.ai7.id)
        file = file_of(stored_curriculum(self.db, cohort))
        step, lesson = editing.lesson_in(file, "sql")
        new = lesson.model_copy(update={"key": f"new-{number}", "title": f"New {number}"})
        file = editing.with_lesson(file, new, step=step.key, place=0)
        renamed = lesson.model_copy(update={"title": f"SQL {number}"})
        file = editing.with_lesson(file, renamed, step=step.key, place=1)
        change_curriculum(
            self.db, cohort, file, what="lesson", by=self.cast.dana.id, at=self.cast.at
        )
        self._note_curriculum()

    def _note_curriculum(self) -> None:
        cohort = cohorts.get(self.db, self.cast.ai7.id)
        self.curricula[cohort.curriculum_version] = file_of(stored_curriculum(self.db, cohort))


def logs(db: Db, cast: Cast, place: Any, lesson: Lesson, line: str) -> None:
    entry = LogEntry(LogState.DONE, line=line)
    log_lesson(db, place, lesson, entry, revision=0, by=place.person_id, at=cast.at)


def before_each(monkeypatch: pytest.MonkeyPatch, act: Callable[[str, int], None]) -> list[str]:
    """Call `act` before a collection is read for the first time; return the names as they come."""
    read, names = copying._raw, []

    def reading(db: Db, name: str, *others: Any) -> Iterator[bytes]:
        label = "open_changes" if copying.OPEN in others else name
        if label not in names:
            names.append(label)
            act(label, len(names))
        yield from read(db, name, *others)

    monkeypatch.setattr(copying, "_raw", reading)
    return names


def dangling(db: Db) -> set[str]:
    """Return what refers to a document that is not there, as "collection.field"."""
    ids = {name: {each["_id"] for each in db[name].find({}, {"_id": 1})} for name in copying.ORDER}
    fields = {"cohort_id": "cohorts", "enrolment_id": "enrolments", "person_id": "people"}
    fields |= {"lesson_id": "lessons", "step_id": "steps", "problem_id": "problems"}
    fields |= {"log_id": "lesson_logs", "post_id": "posts", "from_post": "posts"}
    fields |= {"coach_id": "enrolments", "import_id": "people_imports", "author_id": "people"}
    found = set()
    for name in copying.ORDER:
        for each in db[name].find({}):
            pairs = [*each.items()] + [
                ("post_id", one["post_id"]) for one in each.get("imported", ())
            ]
            for field, value in pairs:
                if field in fields and value and value not in ids[fields[field]]:
                    found.add(f"{name}.{field}")
    return found


def texts_of(db: Db) -> dict[str, dict[int, Any]]:
    """Return the entry of each revision of each log."""
    found: dict[str, dict[int, Any]] = {}
    for log in db["lesson_logs"].find({}):
        found[log["_id"]] = {log["revision"]: log["entry"]} if log["revision"] else {}
    for former in db["log_revisions"].find({}):
        assert former["revision"] not in found[former["log_id"]], "two of one revision"
        found[former["log_id"]][former["revision"]] = former["entry"]
    return found


def filed(db: Db) -> tuple[set[str], set[str]]:
    """Return the posts that call themselves filed, and those of which parts stand in logs."""
    said = {each["_id"] for each in db["posts"].find({"state": "filed"})}
    stand = {
        part["post_id"] for log in db["lesson_logs"].find({}) for part in log.get("imported", ())
    }
    return said, stand


def imported(db: Db) -> tuple[list[str], list[str]]:
    """Return the imports of people that are applied, and those that gave a place that stands."""
    done = {each["_id"] for each in db["people_imports"].find({"state": "applied"})}
    gave = {
        place["import_id"]
        for place in db["enrolments"].find({"import_id": {"$exists": True}})
        if not place.get("taken_back")
    }
    return sorted(done), sorted(gave)


def is_whole(life: Life, copy: Db) -> None:
    """Assert that the copy contradicts itself nowhere, and says nothing that was never so."""
    assert check(copy) == []
    assert dangling(copy) == set()
    mine, theirs = texts_of(copy), texts_of(life.db)
    for log, texts in mine.items():
        assert sorted(texts) == list(range(1, len(texts) + 1))
        assert texts == {number: theirs[log][number] for number in texts}
    told = {each["_id"] for each in copy["activity"].find({"verb": "saved"})}
    assert {key for key in told if key.startswith("log:") and key.count(":") == 2} == {
        f"log:{log}:{number}" for log, texts in mine.items() for number in texts
    }
    for said, stands in (filed(copy), imported(copy)):
        assert said == stands
    inactive = {each["_id"] for each in copy["enrolments"].find({"status": {"$ne": "active"}})}
    waiting = {
        each["enrolment_id"] for each in copy["help_queue"].find({"open_in": {"$exists": 1}})
    }
    assert not inactive & waiting
    cohort = cohorts.get(copy, life.cast.ai7.id)
    assert file_of(stored_curriculum(copy, cohort)) == life.curricula[cohort.curriculum_version]


def test_everything_may_happen_before_any_collection_is_read(
    db: Db, other: Db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(db)
    before = {
        name: {each["_id"] for each in db[name].find({}, {"_id": 1})} for name in copying.ORDER
    }
    read = before_each(monkeypatch, life.goes_on)
    path = backed_up(db, tmp_path)
    assert set(read) == {*copying.ORDER, "open_changes"}
    restored = restore(other, path, key=None)

    assert restored.problems == []
    is_whole(life, other)
    for name, ids in before.items():
        assert ids <= {each["_id"] for each in other[name].find({}, {"_id": 1})}, name


def test_a_backup_beside_real_writers_has_all_that_was_there_byte_for_byte(
    db: Db, other: Db, tmp_path: Path
) -> None:
    life, over, rounds = Life(db), Event(), Counter[str]()
    life.log_and_look_back(1_000)
    life.log_and_look_back(1_001)

    def until_it_is_over(deed: str) -> None:
        while not over.is_set():
            rounds[deed] += 1
            getattr(life, deed)(rounds[deed])

    def back_up_once_all_write() -> None:
        try:
            wait_until(lambda: len(rounds) == len(deeds), 20, "everyone writes")
            before.update(raw_of(db))
            paths.append(backed_up(db, tmp_path))
        finally:
            over.set()

    before: dict[str, list[bytes]] = {}
    paths: list[Path] = []
    deeds = [deed for deed in WHEN if deed != "change_the_curriculum"]
    at_once([*(partial(until_it_is_over, deed) for deed in deeds), back_up_once_all_write])
    assert restore(other, paths[0], key=None).problems == []

    is_whole(life, other)
    after, copied = raw_of(db), raw_of(other)
    for name in set(copying.ORDER) - {"cohorts", "marks", "journals"}:
        untouched = set(before[name]) & set(after[name])
        assert untouched <= set(copied[name]), name
    assert len(set(before["lesson_logs"]) & set(after["lesson_logs"])) > 1
