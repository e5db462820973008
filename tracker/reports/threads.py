"""Comments under a subject, as one reader may see them."""

from dataclasses import dataclass
from typing import TypeVar

from tracker.documents import comments
from tracker.documents.schema import Db
from tracker.errors import NotFound
from tracker.models import (
    Comment,
    Enrolment,
    EnrolmentId,
    Lesson,
    LessonId,
    Project,
    ProjectId,
    Reader,
    Step,
    StepId,
    SubjectKind,
)
from tracker.permissions import may_change_comment, may_read_comment
from tracker.reports.membership import curriculum_of, learner_for

Kept = TypeVar("Kept", Lesson, Project, Step)


@dataclass(frozen=True)
class ThreadItem:
    """A comment with its answers; `own`: the reader may change it."""

    comment: Comment
    own: bool
    answers: tuple["ThreadItem", ...] = ()


def lesson_subject(lesson_id: LessonId) -> str:
    return f"lesson:{lesson_id}"


def project_subject(project_id: ProjectId) -> str:
    return f"project:{project_id}"


def log_subject(enrolment_id: EnrolmentId, lesson_id: LessonId) -> str:
    return f"log:{enrolment_id}:{lesson_id}"


def retrospective_subject(enrolment_id: EnrolmentId, step_id: StepId) -> str:
    return f"retrospective:{enrolment_id}:{step_id}"


def thread_of(db: Db, reader: Reader, subject: str) -> tuple[ThreadItem, ...]:
    """Return what this reader may see, oldest first; answers below what they answer.

    A deleted comment is gone for everyone; an answer whose parent is gone stands by itself.
    """
    found = [each for each in comments.list_thread(db, subject) if each.deleted_at is None]
    hidden = {each.id for each in found if not may_read_comment(reader, each)}
    seen = [each for each in found if not hidden & {each.id, each.parent_id}]
    there = {comment.id for comment in seen}
    answers: dict[str, list[ThreadItem]] = {}
    for comment in seen:
        if comment.parent_id in there:
            answers.setdefault(str(comment.parent_id), []).append(_item(reader, comment))
    return tuple(
        _item(reader, comment, tuple(answers.get(comment.id, ())))
        for comment in seen
        if comment.parent_id not in there
    )


def _item(reader: Reader, comment: Comment, answers: tuple[ThreadItem, ...] = ()) -> ThreadItem:
    return ThreadItem(comment=comment, own=may_change_comment(reader, comment), answers=answers)


@dataclass(frozen=True)
class Subject:
    """What a thread stands under; `place` names it in lists."""

    key: str
    place: str
    kind: SubjectKind
    lesson: Lesson | None = None
    project: Project | None = None
    step: Step | None = None
    enrolment: Enrolment | None = None


def subject_for(db: Db, reader: Reader, key: str) -> Subject:
    """Return what the key names if the reader may read it; else raise NotFound."""
    kind, _, rest = key.partition(":")
    curriculum = curriculum_of(db, reader.cohort)
    if kind == SubjectKind.LESSON:
        lesson = _with_id((*curriculum.lessons, *curriculum.left_lessons), rest)
        return Subject(key, lesson.title, SubjectKind.LESSON, lesson=lesson)
    if kind == SubjectKind.PROJECT:
        project = _with_id((*curriculum.projects, *curriculum.left_projects), rest)
        return Subject(key, project.title, SubjectKind.PROJECT, project=project)
    if kind == SubjectKind.LOG:
        enrolment_id, _, lesson_id = rest.partition(":")
        enrolment, _person = learner_for(db, reader, EnrolmentId(enrolment_id))
        lesson = _with_id((*curriculum.lessons, *curriculum.left_lessons), lesson_id)
        return Subject(key, lesson.title, SubjectKind.LOG, lesson=lesson, enrolment=enrolment)
    if kind == SubjectKind.RETROSPECTIVE:
        enrolment_id, _, step_id = rest.partition(":")
        enrolment, _person = learner_for(db, reader, EnrolmentId(enrolment_id))
        step = _with_id((*curriculum.steps, *curriculum.left_steps), step_id)
        return Subject(key, step.title, SubjectKind.RETROSPECTIVE, step=step, enrolment=enrolment)
    raise NotFound("subject", key)


def _with_id(found: tuple[Kept, ...], wanted: str) -> Kept:
    match = next((each for each in found if each.id == wanted), None)
    if match is None:
        raise NotFound("subject", wanted)
    return match
