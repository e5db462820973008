"""Typed ids, and words with a fixed set of values."""

from enum import Enum
from typing import NewType

PersonId = NewType("PersonId", str)
CohortId = NewType("CohortId", str)
LessonId = NewType("LessonId", str)
ProjectId = NewType("ProjectId", str)
StepId = NewType("StepId", str)
EnrolmentId = NewType("EnrolmentId", str)
LogId = NewType("LogId", str)
CommentId = NewType("CommentId", str)
PostId = NewType("PostId", str)
ImportId = NewType("ImportId", str)
NoteId = NewType("NoteId", str)


class Word(str, Enum):
    """A word with a fixed set of values; it prints as its value (StrEnum needs Python 3.11)."""

    __str__ = str.__str__


class Role(Word):
    LEARNER = "learner"
    COACH = "coach"
    MANAGER = "manager"


class Status(Word):
    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"
    DROPPED = "dropped"
    GRADUATED = "graduated"


class CohortState(Word):
    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


class LogState(Word):
    """State of one learner's lesson; MARKS gives its character in the matrix."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    STUCK = "stuck"
    DONE = "done"


MARKS = {
    LogState.NOT_STARTED: ".",
    LogState.IN_PROGRESS: "-",
    LogState.STUCK: "!",
    LogState.DONE: "+",
}
STATES = {mark: state for state, mark in MARKS.items()}


class Pace(Word):
    SLOW = "slow"
    RIGHT = "right"
    FAST = "fast"


class ProjectKind(Word):
    MINI = "mini"
    CAPSTONE = "capstone"


class Visibility(Word):
    """Who may read a comment besides its author."""

    ME = "me"
    STAFF = "staff"
    COHORT = "cohort"


class SubjectKind(Word):
    """What a comment can stand under."""

    LESSON = "lesson"
    PROJECT = "project"
    LOG = "log"
    RETROSPECTIVE = "retrospective"
