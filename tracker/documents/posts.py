"""Imported posts: the body in ordered parts, byte for byte, and where each part was filed.

`state` goes from "draft" (only previewed) to "filing" and, when every part stands in its place,
to "filed"; an undo goes through "undoing" to "undone". "filing" and "undoing" can be done again.
"""

from dataclasses import dataclass
from datetime import datetime

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import (
    FLAG,
    KEY,
    MOMENT,
    Db,
    Document,
    many,
    maybe,
    new_id,
    record,
    text,
    whole,
)
from tracker.models import CohortId, CommentId, EnrolmentId, PostId, Visibility

NAME = "posts"
STATES = ("draft", "filing", "filed", "undoing", "undone")
INDEXES = [
    # A file goes in once for each learner; serves "you have this already".
    IndexModel(
        [("enrolment_id", ASCENDING), ("digest", ASCENDING)],
        name="one_post_per_learner_and_text",
        unique=True,
    ),
]
PART = record(
    {
        "text": text(2**21),
        "heading": text(2**21),
        "level": whole(0, 6),
        "section_start": whole(0),
        "starts_comment": FLAG,
        "kind": KEY,
        "target": maybe(KEY),
        "score": {"bsonType": ["double", "int"], "minimum": 0, "maximum": 1},
    }
)
SCHEMA = record(
    {
        "_id": KEY,
        "enrolment_id": KEY,
        "cohort_id": KEY,
        "digest": KEY,
        "file_name": text(300),
        "title": text(500),
        "step_number": maybe(whole(0, 99)),
        "front_matter": text(2**21),
        "front_matter_text": text(2**21),
        "parts": many(PART, most=20_000),
        "comments_for": {"enum": [value.value for value in Visibility]},
        "log_state": KEY,
        "state": {"enum": [*STATES]},
        "imported_at": MOMENT,
    }
)


@dataclass(frozen=True)
class StoredPart:
    """A stretch of the body; `kind` and `target` say where it is filed, `score` how surely."""

    text: str
    heading: str
    level: int
    section_start: int
    starts_comment: bool
    kind: str
    target: str | None
    score: float


@dataclass(frozen=True)
class StoredPost:
    id: PostId
    enrolment_id: EnrolmentId
    cohort_id: CohortId
    digest: str
    file_name: str
    title: str
    step_number: int | None
    front_matter: str  # the values, as JSON
    front_matter_text: str
    parts: tuple[StoredPart, ...]
    comments_for: Visibility
    log_state: str
    state: str
    imported_at: datetime

    @property
    def body(self) -> str:
        return "".join(part.text for part in self.parts)


def comment_runs(post: StoredPost) -> list[tuple[int, list[int]]]:
    """Return the comments of a post: the index of the first part, and of all its parts.

    A comment's sub-headings are filed as comments too and belong to the one before them.
    """
    runs: list[tuple[int, list[int]]] = []
    for index, part in enumerate(post.parts):
        if part.kind != "comment" or part.target is None:
            continue
        before = runs[-1][1] if runs else []
        follows = bool(before) and before[-1] == index - 1 and not part.starts_comment
        if follows and post.parts[index - 1].target == part.target:
            before.append(index)
        else:
            runs.append((index, [index]))
    return runs


def comment_id_of(post_id: PostId, part: int) -> CommentId:
    """Return the id of the comment that a post's part became: its import can be done again."""
    return CommentId(f"{post_id}-{part}")


def post_from(document: Document) -> StoredPost:
    return StoredPost(
        id=PostId(document["_id"]),
        enrolment_id=EnrolmentId(document["enrolment_id"]),
        cohort_id=CohortId(document["cohort_id"]),
        digest=document["digest"],
        file_name=document["file_name"],
        title=document["title"],
        step_number=document["step_number"],
        front_matter=document["front_matter"],
        front_matter_text=document["front_matter_text"],
        parts=tuple(StoredPart(**part) for part in document["parts"]),
        comments_for=Visibility(document["comments_for"]),
        log_state=document["log_state"],
        state=document["state"],
        imported_at=document["imported_at"],
    )


def add(db: Db, post: StoredPost) -> bool:
    """Add the post; False if the learner has this text already."""
    document: Document = {
        "_id": post.id,
        "enrolment_id": post.enrolment_id,
        "cohort_id": post.cohort_id,
        "digest": post.digest,
        "file_name": post.file_name,
        "title": post.title,
        "step_number": post.step_number,
        "front_matter": post.front_matter,
        "front_matter_text": post.front_matter_text,
        "parts": [vars(part) for part in post.parts],
        "comments_for": post.comments_for.value,
        "log_state": post.log_state,
        "state": post.state,
        "imported_at": post.imported_at,
    }
    try:
        db[NAME].insert_one(document)
    except DuplicateKeyError:
        return False
    return True


def new_post_id() -> PostId:
    return PostId(new_id())


def find_by_digest(db: Db, enrolment_id: EnrolmentId, digest: str) -> StoredPost | None:
    document = db[NAME].find_one({"enrolment_id": enrolment_id, "digest": digest})
    return post_from(document) if document else None


def find(db: Db, post_id: PostId) -> StoredPost | None:
    document = db[NAME].find_one({"_id": post_id})
    return post_from(document) if document else None


def find_for(db: Db, enrolment_id: EnrolmentId, post_id: PostId) -> StoredPost | None:
    document = db[NAME].find_one({"_id": post_id, "enrolment_id": enrolment_id})
    return post_from(document) if document else None


def list_for_learner(db: Db, enrolment_id: EnrolmentId) -> list[StoredPost]:
    """Return the learner's posts, undone ones too, oldest first."""
    found = db[NAME].find({"enrolment_id": enrolment_id})
    return sorted(map(post_from, found), key=lambda post: post.imported_at)


def list_unfinished(db: Db) -> list[tuple[PostId, str]]:
    """Return the id and state of each post whose filing or undo was begun and not finished."""
    found = db[NAME].find({"state": {"$in": ["filing", "undoing"]}}, {"state": 1})
    return [(PostId(document["_id"]), document["state"]) for document in found]


def set_state(db: Db, post_id: PostId, state: str, *, was: str) -> bool:
    """Move the post from one state to the next; False if it is not in `was` (any more)."""
    done = db[NAME].update_one({"_id": post_id, "state": was}, {"$set": {"state": state}})
    return done.matched_count == 1


def begin_filing(db: Db, post: StoredPost) -> bool:
    """Fix where the parts of a draft go, and begin; False if it is no draft (any more)."""
    done = db[NAME].update_one(
        {"_id": post.id, "state": "draft"},
        {
            "$set": {
                "parts": [vars(part) for part in post.parts],
                "step_number": post.step_number,
                "comments_for": post.comments_for.value,
                "log_state": post.log_state,
                "state": "filing",
            }
        },
    )
    return done.matched_count == 1


def remove_idle(db: Db, enrolment_id: EnrolmentId, post_id: PostId) -> bool:
    """Remove a post that stands nowhere: a draft, or one that was undone; tell if it was."""
    done = db[NAME].delete_one(
        {"_id": post_id, "enrolment_id": enrolment_id, "state": {"$in": ["draft", "undone"]}}
    )
    return done.deleted_count == 1
