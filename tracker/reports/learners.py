"""What one learner has done, set beside the curriculum."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tracker.documents import (
    comments,
    journals,
    lesson_logs,
    log_revisions,
    project_notes,
    retrospectives,
)
from tracker.documents.schema import Db
from tracker.models import (
    Cohort,
    Comment,
    Curriculum,
    Enrolment,
    FormerEntry,
    Journal,
    Lesson,
    LessonId,
    LessonLog,
    LogState,
    LogSummary,
    Project,
    ProjectNote,
    Retrospective,
    Step,
    StepId,
)
from tracker.reports.help import OwnRequest, own_requests
from tracker.reports.membership import curriculum_of
from tracker.rules.progress import Progress, progress_of
from tracker.rules.schedule import lessons_to_log, step_on

WAITING_DAYS = 14
NOTHING_LOGGED = LogSummary()


class LessonRow(NamedTuple):
    """A lesson and what lists show of the learner's log of it."""

    lesson: Lesson
    log: LogSummary

    @property
    def offered(self) -> LogState:
        """Return what a form offers: the learner's own state, and before the first save done."""
        return self.log.own_state if self.log.revision else LogState.DONE


@dataclass(frozen=True)
class StepSection:
    """A step with its lessons, its projects in time order, and how far the learner is."""

    step: Step
    rows: tuple[LessonRow, ...]
    projects: tuple[Project, ...]
    progress: Progress
    looked_back: bool = False

    @property
    def in_time_order(self) -> list[list[LessonRow] | Project]:
        """Return lessons and projects as they follow each other, lessons in a row together."""
        found: list[LessonRow | Project] = [*self.rows, *self.projects]
        found.sort(
            key=lambda each: each.starts_on if isinstance(each, Project) else each.lesson.starts_on
        )
        runs: list[list[LessonRow] | Project] = []
        for each in found:
            if isinstance(each, Project):
                runs.append(each)
            elif runs and isinstance(runs[-1], list):
                runs[-1].append(each)
            else:
                runs.append([each])
        return runs


@dataclass(frozen=True)
class Today:
    """What a learner's day looks like."""

    step: Step | None
    progress: Progress
    rows: tuple[LessonRow, ...]
    answers: tuple[Comment, ...]
    to_look_back: Step | None
    helped: tuple[OwnRequest, ...] = ()


@dataclass(frozen=True)
class Learnt:
    """All that a learner wrote: in the steps, and on what left the curriculum since."""

    sections: tuple[StepSection, ...]
    left: tuple[LessonRow, ...]
    left_steps: tuple[Step, ...]


def sections_of(db: Db, cohort: Cohort, enrolment: Enrolment | None) -> tuple[StepSection, ...]:
    """Return the cohort's steps, with the learner's logs where an enrolment is given."""
    return learnt_by(db, cohort, enrolment).sections


def learnt_by(db: Db, cohort: Cohort, enrolment: Enrolment | None) -> Learnt:
    """Return the cohort's steps, and beside them the learner's logs on lessons that left."""
    curriculum = curriculum_of(db, cohort)
    journal = journals.find(db, enrolment.id) if enrolment else Journal()
    left = [lesson for lesson in curriculum.left_lessons if lesson.id in journal.logs]
    return Learnt(
        sections=_sections(curriculum, journal, enrolment),
        left=_rows(left, journal),
        left_steps=tuple(step for step in curriculum.left_steps if step.id in journal.looked_back),
    )


def _sections(
    curriculum: Curriculum, journal: Journal, enrolment: Enrolment | None
) -> tuple[StepSection, ...]:
    done = _done(journal)
    return tuple(
        StepSection(
            step=step,
            rows=_rows(curriculum.lessons_of(step.number), journal),
            projects=curriculum.projects_of(step.number),
            progress=_progress(curriculum.lessons_of(step.number), done, enrolment),
            looked_back=step.id in journal.looked_back,
        )
        for step in curriculum.steps
    )


def today_of(db: Db, cohort: Cohort, enrolment: Enrolment, *, today: date, now: datetime) -> Today:
    """Return what is on today, what waits, and the progress in today's step."""
    curriculum = curriculum_of(db, cohort)
    journal = journals.find(db, enrolment.id)
    step = step_on(curriculum, today)
    lessons = curriculum.lessons_of(step.number) if step else ()
    done = _done(journal)
    since = now - timedelta(days=WAITING_DAYS)
    return Today(
        step=step,
        progress=_progress(lessons, done, enrolment),
        rows=_rows(lessons_to_log(curriculum.lessons, today, done), journal),
        answers=tuple(comments.list_answers(db, enrolment.person_id, since=since)),
        to_look_back=_to_look_back(curriculum, journal.looked_back, enrolment, today),
        helped=tuple(
            each for each in own_requests(db, enrolment, now=now) if each.is_waiting_for_me
        ),
    )


def log_of(db: Db, enrolment: Enrolment, lesson: Lesson) -> LessonLog | None:
    return lesson_logs.find_for(db, enrolment.id, lesson.id)


def history_of(db: Db, log: LessonLog | None) -> list[FormerEntry]:
    """Return the former entries of a log, the newest first."""
    return log_revisions.list_for(db, log.id) if log else []


def retrospective_of(db: Db, enrolment: Enrolment, step: Step) -> Retrospective:
    """Return the learner's look back on a step, an empty one of revision 0 if there is none."""
    found = retrospectives.find_for(db, enrolment.id, step.id)
    return found or Retrospective(enrolment_id=enrolment.id, step_id=step.id)


def logs_of_step(db: Db, cohort: Cohort, enrolment: Enrolment, step: Step) -> tuple[LessonRow, ...]:
    """Return the step's lessons with the learner's logs."""
    lessons = curriculum_of(db, cohort).lessons_of(step.number)
    return _rows(lessons, journals.find(db, enrolment.id))


def project_note_of(db: Db, enrolment: Enrolment, project: Project) -> ProjectNote:
    """Return the learner's note on a project, an empty one of revision 0 if there is none."""
    found = project_notes.find_for(db, enrolment.id, project.id)
    return found or ProjectNote(enrolment_id=enrolment.id, project_id=project.id)


def _rows(lessons: Iterable[Lesson], journal: Journal) -> tuple[LessonRow, ...]:
    logs = journal.logs
    return tuple(LessonRow(lesson, logs.get(lesson.id, NOTHING_LOGGED)) for lesson in lessons)


def _done(journal: Journal) -> frozenset[LessonId]:
    return frozenset(key for key, log in journal.logs.items() if log.state is LogState.DONE)


def _progress(
    lessons: tuple[Lesson, ...], done: frozenset[LessonId], enrolment: Enrolment | None
) -> Progress:
    if enrolment is None:
        return Progress(done=0, total=len(lessons))
    return progress_of(done, lessons, enrolment)


def _to_look_back(
    curriculum: Curriculum, done: frozenset[StepId], enrolment: Enrolment, today: date
) -> Step | None:
    """Return the last step that has ended without a look back, since the learner joined."""
    ended = [
        step
        for step in curriculum.steps
        if enrolment.joined_on <= step.ends_on <= today and step.id not in done
    ]
    return ended[-1] if ended else None
