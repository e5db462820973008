"""Invitations to a cohort. The id is the SHA-256 of the link's token: the token is not stored."""

from datetime import datetime

from pymongo import DESCENDING, IndexModel

from tracker.documents.schema import FLAG, KEY, MOMENT, Db, Document, many, record, whole, word
from tracker.models import CohortId, Invite, PersonId, Role

NAME = "invites"
MOST_USES = 500
INDEXES = [
    # The invitations of a cohort, the newest first; serves the page that makes them.
    IndexModel([("cohort_id", 1), ("created_at", DESCENDING)], name="invites_of_a_cohort"),
]
SCHEMA = record(
    {
        "_id": KEY,
        "cohort_id": KEY,
        "role": word(Role),
        "created_at": MOMENT,
        "created_by": KEY,
        "expires_at": MOMENT,
        "max_uses": whole(1, MOST_USES),
        "people": many(KEY, most=MOST_USES),
        "revoked": FLAG,
    }
)


def invite_from(document: Document) -> Invite:
    return Invite(
        id=document["_id"],
        cohort_id=CohortId(document["cohort_id"]),
        role=Role(document["role"]),
        expires_at=document["expires_at"],
        max_uses=document["max_uses"],
        people=tuple(document["people"]),
        revoked=document["revoked"],
    )


def add(
    db: Db,
    *,
    invite_id: str,
    cohort_id: CohortId,
    role: Role,
    by: PersonId,
    at: datetime,
    expires_at: datetime,
    max_uses: int,
) -> None:
    db[NAME].insert_one(
        {
            "_id": invite_id,
            "cohort_id": cohort_id,
            "role": role.value,
            "created_at": at,
            "created_by": by,
            "expires_at": expires_at,
            "max_uses": max_uses,
            "people": [],
            "revoked": False,
        }
    )


def find(db: Db, invite_id: str) -> Invite | None:
    document = db[NAME].find_one({"_id": invite_id})
    return invite_from(document) if document else None


def claim(db: Db, invite: Invite, person_id: PersonId, *, at: datetime) -> bool:
    """Use the invitation once for this person; tell if it is theirs. Safe to do again."""
    if person_id in invite.people:
        return True
    open_place = f"people.{invite.max_uses - 1}"
    done = db[NAME].update_one(
        {
            "_id": invite.id,
            "revoked": False,
            "expires_at": {"$gt": at},
            open_place: {"$exists": False},
        },
        {"$addToSet": {"people": person_id}},
    )
    return done.matched_count == 1


def list_for_cohort(db: Db, cohort_id: CohortId) -> list[Invite]:
    """Return the last 50 invitations of a cohort, the newest first."""
    found = db[NAME].find({"cohort_id": cohort_id}).sort("created_at", DESCENDING).limit(50)
    return [invite_from(document) for document in found]


def revoke(db: Db, cohort_id: CohortId, invite_id: str) -> bool:
    """End the invitation; tell if the cohort has it."""
    done = db[NAME].update_one(
        {"_id": invite_id, "cohort_id": cohort_id}, {"$set": {"revoked": True}}
    )
    return done.matched_count == 1
