"""Comments in threads; a deleted one is only marked, so that it can come back."""

from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import FLAG, KEY, MOMENT, Db, Document, maybe, record, text, word
from tracker.errors import NotFound
from tracker.models import CohortId, Comment, CommentId, PersonId, PostId, Visibility

NAME = "comments"
LIMIT = 300
INDEXES = [
    # One thread in time order; serves the page that it stands on.
    IndexModel([("subject", ASCENDING), ("created_at", ASCENDING)], name="thread"),
    # What waits for a person: the answers to what they wrote, since a day.
    IndexModel([("answers_to", ASCENDING), ("created_at", DESCENDING)], name="answers_to_a_person"),
    # The comments that one import made; serves its undo.
    IndexModel([("post_id", ASCENDING)], name="comments_of_a_post"),
    # What was written in a cohort; serves its export.
    IndexModel([("cohort_id", ASCENDING)], name="comments_of_a_cohort"),
    # What a person wrote in a cohort; serves their export.
    IndexModel([("author_id", ASCENDING), ("cohort_id", ASCENDING)], name="comments_of_a_person"),
]
SCHEMA = record(
    {
        "_id": KEY,
        "cohort_id": KEY,
        "subject": text(200, least=3),
        "place": text(400),
        "author_id": KEY,
        "author_name": text(100),
        "author_is_staff": FLAG,
        "visibility": word(Visibility),
        "text": text(2**21, least=1),
        "html": text(2**23),
        "created_at": MOMENT,
        "edited_at": maybe(MOMENT),
        "deleted_at": maybe(MOMENT),
        "parent_id": maybe(KEY),
        "answers_to": maybe(KEY),
        "asker_id": maybe(KEY),
        "widest": word(Visibility),
        "post_id": maybe(KEY),
    }
)


def comment_from(document: Document) -> Comment:
    return Comment(
        id=CommentId(document["_id"]),
        cohort_id=CohortId(document["cohort_id"]),
        subject=document["subject"],
        place=document["place"],
        author_id=PersonId(document["author_id"]),
        author_name=document["author_name"],
        author_is_staff=document["author_is_staff"],
        visibility=Visibility(document["visibility"]),
        text=document["text"],
        html=document["html"],
        created_at=document["created_at"],
        edited_at=document["edited_at"],
        deleted_at=document["deleted_at"],
        parent_id=document["parent_id"],
        post_id=document["post_id"],
        asker_id=document["asker_id"],
        widest=Visibility(document["widest"]),
    )


def add(db: Db, comment: Comment, *, answers_to: PersonId | None = None) -> None:
    """Add the comment; adding the same id again changes nothing.

    The author's name is kept as it was when they wrote.
    """
    try:
        db[NAME].insert_one(
            {
                "_id": comment.id,
                "cohort_id": comment.cohort_id,
                "subject": comment.subject,
                "place": comment.place,
                "author_id": comment.author_id,
                "author_name": comment.author_name,
                "author_is_staff": comment.author_is_staff,
                "visibility": comment.visibility.value,
                "text": comment.text,
                "html": comment.html,
                "created_at": comment.created_at,
                "edited_at": None,
                "deleted_at": None,
                "parent_id": comment.parent_id,
                "answers_to": answers_to,
                "asker_id": comment.asker_id,
                "widest": comment.widest.value,
                "post_id": comment.post_id,
            }
        )
    except DuplicateKeyError:
        return


def get(db: Db, comment_id: CommentId) -> Comment:
    document = db[NAME].find_one({"_id": comment_id})
    if document is None:
        raise NotFound("comment", comment_id)
    return comment_from(document)


def list_thread(db: Db, subject: str) -> list[Comment]:
    """Return the last LIMIT comments under a subject, oldest first, deleted ones too."""
    found = db[NAME].find({"subject": subject}).sort("created_at", DESCENDING).limit(LIMIT)
    return [comment_from(document) for document in found][::-1]


def list_answers(db: Db, person_id: PersonId, *, since: datetime) -> list[Comment]:
    """Return up to 20 comments since then that answer this person, the newest first."""
    found = db[NAME].find(
        {
            "answers_to": person_id,
            "created_at": {"$gte": since},
            "deleted_at": None,
            "visibility": {"$ne": Visibility.ME.value},
        }
    )
    newest = found.sort("created_at", DESCENDING).limit(20)
    return [comment_from(document) for document in newest]


def list_by_author(db: Db, author_id: PersonId, cohort_id: CohortId) -> list[Comment]:
    """Return what a person wrote in a cohort and did not delete, oldest first (for exports)."""
    found = db[NAME].find({"author_id": author_id, "cohort_id": cohort_id, "deleted_at": None})
    return sorted(map(comment_from, found), key=lambda comment: comment.created_at)


def list_of_post(db: Db, post_id: PostId) -> list[Comment]:
    return [comment_from(document) for document in db[NAME].find({"post_id": post_id})]


def edit(
    db: Db, comment_id: CommentId, *, text: str, html: str, visibility: Visibility, at: datetime
) -> Comment:
    return _update(
        db,
        comment_id,
        {"text": text, "html": html, "visibility": visibility.value, "edited_at": at},
    )


def set_deleted(db: Db, comment_id: CommentId, at: datetime | None) -> Comment:
    """Mark the comment as deleted at a moment, or bring it back (None)."""
    return _update(db, comment_id, {"deleted_at": at})


def _update(db: Db, comment_id: CommentId, values: Document) -> Comment:
    db[NAME].update_one({"_id": comment_id}, {"$set": values})
    return get(db, comment_id)
