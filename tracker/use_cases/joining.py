"""Invitations: make a link, use it, end it."""

import hashlib
import secrets
from datetime import datetime, timedelta

from tracker.clock import day_of
from tracker.documents import activity, cohorts, enrolments, invites
from tracker.documents.schema import Db
from tracker.errors import NotFound, Refused
from tracker.models import Cohort, CohortId, CohortState, Enrolment, Invite, Person, PersonId, Role
from tracker.use_cases.settling import settle_row


def invite(
    db: Db,
    cohort_id: CohortId,
    role: Role,
    *,
    days: int,
    max_uses: int,
    by: PersonId,
    at: datetime,
) -> str:
    """Make an invitation and return the token of its link; only its hash is stored."""
    token = secrets.token_urlsafe(24)
    invites.add(
        db,
        invite_id=_id_of(token),
        cohort_id=cohort_id,
        role=role,
        by=by,
        at=at,
        expires_at=at + timedelta(days=days),
        max_uses=max_uses,
    )
    activity.add(db, "invited", f"cohort:{cohort_id}", cohort_id=cohort_id, by=by, at=at)
    return token


def revoke(db: Db, cohort_id: CohortId, invite_id: str, *, by: PersonId, at: datetime) -> None:
    """End an invitation; who joined stays. Raises NotFound if the cohort has no such one."""
    if not invites.revoke(db, cohort_id, invite_id):
        raise NotFound("invite", invite_id)
    activity.add(db, "ended_invitation", f"cohort:{cohort_id}", cohort_id=cohort_id, by=by, at=at)


def invite_for(db: Db, token: str, *, at: datetime, person: Person | None) -> tuple[Invite, Cohort]:
    """Return the invitation if it can still be used (or this person used it), and its cohort.

    Raises NotFound for any other, and for that of an archived cohort.
    """
    found = invites.find(db, _id_of(token))
    if found is None:
        raise NotFound("invite", "…")
    cohort = cohorts.get(db, found.cohort_id)
    if person is not None and person.id in found.people:
        return found, cohort
    if cohort.state is CohortState.ARCHIVED or not found.is_open(at):
        raise NotFound("invite", "…")
    return found, cohort


def join(db: Db, found: Invite, person: Person, *, at: datetime) -> tuple[Cohort, Enrolment]:
    """Take the invitation's place; safe to do again. Raises Refused if the last one just went."""
    if not invites.claim(db, found, person.id, at=at):
        raise Refused("the invitation has no place left")
    cohort = cohorts.get(db, found.cohort_id)
    enrolment = enrol(db, cohort, person.id, found.role, by=person.id, at=at)
    return cohort, enrolment


def enrol(
    db: Db, cohort: Cohort, person_id: PersonId, role: Role, *, by: PersonId, at: datetime
) -> Enrolment:
    """Give the person a place in the cohort, or return the one that they have."""
    there = enrolments.find_for(db, cohort.id, person_id)
    if there is not None:
        return there
    (ordinal,) = cohorts.take_numbers(db, cohort.id, "next_ordinal", 1)
    enrolment = enrolments.add(
        db,
        cohort_id=cohort.id,
        person_id=person_id,
        role=role,
        ordinal=ordinal,
        joined_on=max(day_of(at, cohort.time_zone), cohort.starts_on),
        by=by,
        at=at,
    )
    settle_row(db, enrolment.id)
    activity.add(db, "joined", f"enrolment:{enrolment.id}", cohort_id=cohort.id, by=by, at=at)
    return enrolment


def _id_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
