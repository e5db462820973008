"""Threads: write, answer, edit, delete and bring back."""

from dataclasses import dataclass, replace
from datetime import datetime

from tracker.documents import activity, comments
from tracker.documents.schema import Db, new_id
from tracker.errors import NotFound, Refused
from tracker.markdown import render
from tracker.models import Comment, CommentId, PersonId, Reader, Visibility
from tracker.permissions import may_change_comment, may_read_comment


@dataclass(frozen=True)
class Draft:
    """What someone wrote; `place` names the page in lists, as "STEP 2 · SQL"."""

    text: str
    visibility: Visibility
    subject: str
    place: str
    parent_id: CommentId | None = None


def add_comment(db: Db, reader: Reader, draft: Draft, *, at: datetime) -> Comment:
    """Add the comment. Raises NotFound if it answers what the reader cannot see.

    An answer is seen by no more people than what it answers, and stands below the first comment
    of its thread.
    """
    comment = comment_by(reader, draft, CommentId(new_id()), at=at)
    answers_to = None
    if draft.parent_id:
        parent = comment_for(db, reader, draft.parent_id)
        if parent.subject != draft.subject:
            raise NotFound("comment", draft.parent_id)
        answers_to = parent.author_id if parent.author_id != reader.person.id else None
        comment = replace(
            comment,
            visibility=narrower(parent.visibility, draft.visibility),
            widest=parent.visibility,
            parent_id=parent.parent_id or parent.id,
            asker_id=_asker_of(parent),
        )
    comments.add(db, comment, answers_to=answers_to)
    _tell(db, reader, "commented", comment, at=at)
    return comment


def comment_by(reader: Reader, draft: Draft, comment_id: CommentId, *, at: datetime) -> Comment:
    """Return the comment that the reader writes, with its HTML; nothing is stored."""
    return Comment(
        id=comment_id,
        cohort_id=reader.cohort.id,
        subject=draft.subject,
        place=draft.place,
        author_id=reader.person.id,
        author_name=reader.person.name,
        author_is_staff=reader.is_staff,
        visibility=draft.visibility,
        text=draft.text,
        html=render(draft.text),
        created_at=at,
    )


def _asker_of(parent: Comment) -> PersonId | None:
    """Return who asked first, if they can see this much of the thread."""
    if parent.parent_id is None:
        return parent.author_id
    seen = parent.visibility in {Visibility.COHORT, parent.widest}
    return parent.asker_id if seen else None


def narrower(one: Visibility, other: Visibility) -> Visibility:
    """Return the visibility that fewer people have."""
    order = list(Visibility)
    return min(one, other, key=order.index)


def comment_for(db: Db, reader: Reader, comment_id: CommentId) -> Comment:
    """Return the comment if the reader may see it and it is not deleted; else raise NotFound."""
    comment = comments.get(db, comment_id)
    first = comments.get(db, comment.parent_id) if comment.parent_id else comment
    hidden = first.deleted_at is None and not may_read_comment(reader, first)
    if hidden or comment.deleted_at is not None or not may_read_comment(reader, comment):
        raise NotFound("comment", comment_id)
    return comment


def edit_comment(
    db: Db,
    reader: Reader,
    comment_id: CommentId,
    *,
    text: str,
    visibility: Visibility,
    at: datetime,
) -> Comment:
    """Replace the text and who may see it. Raises NotFound or Refused."""
    comment = own_comment(db, reader, comment_id)
    visibility = narrower(comment.widest, visibility)
    changed = comments.edit(
        db, comment_id, text=text, html=render(text), visibility=visibility, at=at
    )
    _tell(db, reader, "edited", changed, at=at)
    return changed


def delete_comment(db: Db, reader: Reader, comment_id: CommentId, *, at: datetime) -> Comment:
    """Mark the comment as deleted; its author may bring it back."""
    own_comment(db, reader, comment_id)
    changed = comments.set_deleted(db, comment_id, at)
    _tell(db, reader, "deleted", changed, at=at)
    return changed


def restore_comment(db: Db, reader: Reader, comment_id: CommentId, *, at: datetime) -> Comment:
    """Bring a deleted comment back."""
    own_comment(db, reader, comment_id)
    changed = comments.set_deleted(db, comment_id, None)
    _tell(db, reader, "restored", changed, at=at)
    return changed


def own_comment(db: Db, reader: Reader, comment_id: CommentId) -> Comment:
    """Return a comment that the reader may change, a deleted one too.

    Raises NotFound for what they cannot see, Refused for what is another's.
    """
    comment = comments.get(db, comment_id)
    if not may_read_comment(reader, comment):
        raise NotFound("comment", comment_id)
    if not may_change_comment(reader, comment):
        raise Refused("only its author may change a comment")
    return comment


def _tell(db: Db, reader: Reader, verb: str, comment: Comment, *, at: datetime) -> None:
    subject = f"comment:{comment.id}"
    activity.add(db, verb, subject, cohort_id=reader.cohort.id, by=reader.person.id, at=at)
