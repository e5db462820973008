"""Who may do what: pure predicates over a reader and a record."""

from tracker.models import (
    CohortState,
    Comment,
    Enrolment,
    EnrolmentId,
    Person,
    Reader,
    Role,
    Status,
    SubjectKind,
    Visibility,
    Word,
)


class Permission(Word):
    """What a view may ask of a member of its cohort."""

    VIEW_COHORT = "view_cohort"
    COMMENT = "comment"
    LOG_LESSON = "log_lesson"
    SEE_LEARNERS = "see_learners"
    LOOK_AFTER = "look_after"
    INVITE = "invite"
    EDIT_CURRICULUM = "edit_curriculum"
    RUN_COHORT = "run_cohort"
    ASK_FOR_HELP = "ask_for_help"
    ANSWER_HELP = "answer_help"
    MANAGE_PEOPLE = "manage_people"
    SEE_ACTIVITY = "see_activity"
    WRITE_STAFF_NOTES = "write_staff_notes"
    SET_DONE = "set_done"


READS = frozenset(
    {
        Permission.VIEW_COHORT,
        Permission.SEE_LEARNERS,
        Permission.SEE_ACTIVITY,
        Permission.RUN_COHORT,
    }
)
"""What an archived cohort leaves; to run it is to open it again, to copy and to export it."""
COACHES = frozenset(
    {
        Permission.VIEW_COHORT,
        Permission.COMMENT,
        Permission.SEE_LEARNERS,
        Permission.LOOK_AFTER,
        Permission.ANSWER_HELP,
        Permission.WRITE_STAFF_NOTES,
        Permission.SET_DONE,
    }
)
MANAGERS = COACHES | {
    Permission.INVITE,
    Permission.EDIT_CURRICULUM,
    Permission.RUN_COHORT,
    Permission.MANAGE_PEOPLE,
    Permission.SEE_ACTIVITY,
}

ROLE_PERMISSIONS = {
    Role.LEARNER: frozenset(
        {
            Permission.VIEW_COHORT,
            Permission.COMMENT,
            Permission.LOG_LESSON,
            Permission.ASK_FOR_HELP,
        }
    ),
    Role.COACH: COACHES,
    Role.MANAGER: MANAGERS,
}


def may(reader: Reader, permission: Permission) -> bool:
    """Tell whether the reader's role, status and the cohort's state allow this.

    An archived cohort, and a paused, dropped or graduated enrolment, can only be read.
    """
    if permission not in ROLE_PERMISSIONS[reader.role]:
        return False
    writable = reader.cohort.state is not CohortState.ARCHIVED and (
        reader.enrolment is None or reader.enrolment.is_active
    )
    return writable or permission in READS


def may_enter(role: Role, status: Status, state: CohortState) -> bool:
    """Tell whether a cohort exists for this member: drafts are for staff, invitees wait."""
    if status is Status.INVITED:
        return False
    if role is Role.LEARNER:
        return state is not CohortState.DRAFT
    return status is Status.ACTIVE


def may_read_learner(reader: Reader, enrolment: Enrolment) -> bool:
    """Tell whether the reader may open this learner's page: staff of the cohort, or themselves."""
    if enrolment.cohort_id != reader.cohort.id:
        return False
    return reader.is_staff or _is_own(reader, enrolment.id)


def may_read_comment(reader: Reader, comment: Comment) -> bool:
    """Tell whether the reader may see a comment: where it stands, and who it is for.

    What is for staff is also for the author, and for whoever asked it of staff alone; an answer
    that is narrower than what it answers is not for who asked.
    """
    if comment.cohort_id != reader.cohort.id or not _may_look_at(reader, comment.subject):
        return False
    if comment.author_id == reader.person.id or comment.visibility is Visibility.COHORT:
        return True
    asked = comment.asker_id == reader.person.id and comment.visibility is comment.widest
    return comment.visibility is Visibility.STAFF and (reader.is_staff or asked)


def may_change_comment(reader: Reader, comment: Comment) -> bool:
    """Tell whether the reader may edit or delete a comment: its author alone."""
    return may(reader, Permission.COMMENT) and comment.author_id == reader.person.id


def may_reset_password(manager: Person, person: Person) -> bool:
    """Tell whether a manager may make a link that sets this person's password.

    It opens the account, so all that the person can enter has to be the manager's own: every
    cohort of theirs. An administrator's account is for administrators alone.
    """
    if manager.is_admin:
        return True
    managed = {
        place.cohort_id
        for place in manager.enrolments
        if place.role is Role.MANAGER and place.is_active
    }
    return not person.is_admin and all(place.cohort_id in managed for place in person.enrolments)


def _may_look_at(reader: Reader, subject: str) -> bool:
    """Tell whether a thread is open to the reader: a learner's own ones are not for peers."""
    kind, _, rest = subject.partition(":")
    if kind in {SubjectKind.LESSON, SubjectKind.PROJECT} or reader.is_staff:
        return True
    return _is_own(reader, EnrolmentId(rest.partition(":")[0]))


def _is_own(reader: Reader, enrolment_id: EnrolmentId) -> bool:
    return reader.enrolment is not None and reader.enrolment.id == enrolment_id
