"""All that staff may read of a cohort, as tables whose rows are read while they are written out.

What only its author can read stays out: notes on projects, and comments that are for nobody else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tracker.documents import (
    comments,
    enrolments,
    help_requests,
    lesson_logs,
    people,
    problems,
    retrospectives,
    staff_notes,
)
from tracker.documents.schema import Db, Document, batches
from tracker.models import (
    Cohort,
    Enrolment,
    EnrolmentId,
    Imported,
    Person,
    PersonId,
    Visibility,
)
from tracker.reports.membership import read_curriculum
from tracker.tables import Cell

AT_ONCE = 20
"""People whose records are read at once: a note may have 200,000 characters."""


@dataclass(frozen=True)
class Sheet:
    """A table of the export; its rows can be read once."""

    name: str
    head: Sequence[str]
    rows: Iterator[Sequence[Cell]]


@dataclass(frozen=True)
class _Members:
    """Everyone of a cohort, with their accounts; `clock` writes moments in the cohort's time."""

    places: dict[EnrolmentId, Enrolment]
    accounts: dict[PersonId, Person]
    zone: ZoneInfo

    def named(self, place_id: EnrolmentId) -> tuple[str, str]:
        """Return the name and the email of whose place it is."""
        person = self.accounts.get(self.places[place_id].person_id)
        return (person.name, person.email) if person else ("", "")

    def clock(self, moment: datetime | None) -> str:
        return moment.astimezone(self.zone).isoformat(timespec="seconds") if moment else ""


def sheets_of(db: Db, cohort: Cohort) -> Iterator[Sheet]:
    """Yield the tables one after the other; nothing is read before its rows are asked for."""
    places = enrolments.list_for_cohort(db, cohort.id)
    ids = [place.person_id for place in places]
    accounts = {
        person.id: person for batch in batches(ids) for person in people.list_by_id(db, batch)
    }
    members = _Members({place.id: place for place in places}, accounts, ZoneInfo(cohort.time_zone))
    yield Sheet("people.csv", PEOPLE, _people(members))
    yield Sheet("logs.csv", LOGS, _logs(db, cohort, members))
    yield Sheet("retrospectives.csv", RETROSPECTIVES, _retrospectives(db, cohort, members))
    yield Sheet("comments.csv", COMMENTS, _comments(db, cohort, members))
    yield Sheet("help_requests.csv", HELP_REQUESTS, _help_requests(db, members))
    yield Sheet("problems.csv", PROBLEMS, _problems(db, cohort, members))
    yield Sheet("staff_notes.csv", STAFF_NOTES, _staff_notes(db, members))


PEOPLE = ("name", "email", "role", "status", "joined_on", "coach")
LOGS = (
    *("name", "email", "step", "lesson", "lesson_key", "in_curriculum", "state", "understanding"),
    *("pace", "minutes", "line", "key_points", "note", "from_posts", "revision", "saved_at"),
)
RETROSPECTIVES = (
    *("name", "email", "step", "step_title", "good", "lacking", "next_try", "from_posts"),
    "saved_at",
)
COMMENTS = (
    *("place", "stands_under", "author", "is_staff", "readers", "written_at", "edited_at"),
    *("answers", "id", "text"),
)
HELP_REQUESTS = (
    *("name", "email", "lesson_key", "asked_at", "tried", "error", "problem_id"),
    *("verdict", "verdict_on_answer", "counts"),
)
PROBLEMS = (
    *("id", "title", "state", "learners", "waiting", "solved", "still", "first_at", "last_at"),
    *("owner", "answer", "answer_number", "answered_by", "answered_at", "merged_into"),
)
STAFF_NOTES = ("name", "email", "author", "written_at", "edited_at", "text")


def _people(members: _Members) -> Iterator[Sequence[Cell]]:
    for place in members.places.values():
        coach = members.named(place.coach_id)[0] if place.coach_id in members.places else ""
        yield *members.named(place.id), place.role, place.status, place.joined_on, coach


def _logs(db: Db, cohort: Cohort, members: _Members) -> Iterator[Sequence[Cell]]:
    curriculum = read_curriculum(db, cohort.id)
    lessons = {lesson.id: lesson for lesson in (*curriculum.lessons, *curriculum.left_lessons)}
    for document in _theirs(db, lesson_logs.NAME, members):
        log = lesson_logs.log_from(document)
        lesson, entry = lessons.get(log.lesson_id), log.entry
        if lesson is None:  # it is newer than what is being written out
            continue
        yield (
            *members.named(log.enrolment_id),
            *(lesson.step_number, lesson.title, lesson.key, "" if lesson.archived else "yes"),
            *(log.state, entry.understanding, entry.pace, entry.minutes, entry.line),
            *("\n".join(entry.key_points), entry.note, _texts(log.imported), log.revision),
            members.clock(log.updated_at),
        )


def _retrospectives(db: Db, cohort: Cohort, members: _Members) -> Iterator[Sequence[Cell]]:
    curriculum = read_curriculum(db, cohort.id)
    steps = {step.id: step for step in (*curriculum.steps, *curriculum.left_steps)}
    for document in _theirs(db, retrospectives.NAME, members):
        look = retrospectives.retrospective_from(document)
        step = steps.get(look.step_id)
        if step is None:
            continue
        yield (
            *members.named(look.enrolment_id),
            *(step.number, step.title, look.good, look.lacking, look.next_try),
            *(_texts(look.imported), members.clock(look.updated_at)),
        )


def _comments(db: Db, cohort: Cohort, members: _Members) -> Iterator[Sequence[Cell]]:
    others = {"$ne": Visibility.ME.value}
    found = db[comments.NAME].find(
        {"cohort_id": cohort.id, "deleted_at": None, "visibility": others}
    )
    for document in found:
        comment = comments.comment_from(document)
        yield (
            *(comment.place, comment.subject.partition(":")[0], comment.author_name),
            *("yes" if comment.author_is_staff else "", comment.visibility),
            *(members.clock(comment.created_at), members.clock(comment.edited_at)),
            *(comment.parent_id, comment.id, comment.text),
        )


def _help_requests(db: Db, members: _Members) -> Iterator[Sequence[Cell]]:
    for document in _theirs(db, help_requests.NAME, members):
        request = help_requests.request_from(document)
        yield (
            *members.named(request.enrolment_id),
            *(request.lesson_key, members.clock(request.created_at), request.tried, request.error),
            *(request.problem_id, request.verdict, request.verdict_on or None),
            "yes" if request.counts else "",
        )


def _problems(db: Db, cohort: Cohort, members: _Members) -> Iterator[Sequence[Cell]]:
    for document in db[problems.NAME].find({"cohort_id": cohort.id}):
        problem = problems.problem_from(document)
        figures, answer = problem.figures, problem.answer
        yield (
            *(problem.id, problem.title, problem.state, figures.learners, figures.waiting),
            *(figures.solved, figures.still, members.clock(figures.first_at)),
            *(members.clock(figures.last_at), problem.owner.name if problem.owner else ""),
            *((answer.text, answer.number, answer.by) if answer else ("", None, "")),
            *(members.clock(answer.at if answer else None), problem.merged_into),
        )


def _staff_notes(db: Db, members: _Members) -> Iterator[Sequence[Cell]]:
    for document in _theirs(db, staff_notes.NAME, members, deleted_at=None):
        note = staff_notes.note_from(document)
        yield (
            *members.named(note.enrolment_id),
            *(note.author_name, members.clock(note.created_at), members.clock(note.edited_at)),
            note.text,
        )


def _theirs(db: Db, name: str, members: _Members, **only: object) -> Iterator[Document]:
    """Yield what everyone has in a collection, some people's at once."""
    for batch in batches(list(members.places), AT_ONCE):
        yield from db[name].find({"enrolment_id": {"$in": batch}, **only})


def _texts(parts: Sequence[Imported]) -> str:
    return "\n\n".join(part.text for part in parts)
