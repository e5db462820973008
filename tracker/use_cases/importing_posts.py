"""A post becomes logs, comments, project entries and a retrospective: preview, then confirm."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.documents import posts
from tracker.documents.posts import StoredPart, StoredPost
from tracker.documents.schema import Db
from tracker.errors import Conflict, Invalid, NotFound
from tracker.models import Curriculum, Enrolment, LogState, PostId, Visibility
from tracker.posts.decoding import UndecodableError, decode
from tracker.posts.matching import Candidate, file_parts
from tracker.posts.parsing import parse_post
from tracker.posts.parts import PartKind, Post

FILE_MOST = 2 * 2**20  # bytes
FILES_MOST = 50
PARTS_MOST = 500
PLACE_MOST = 100_000  # characters that one post may put beside one record
HEADING_LINES_MOST = 20_000  # more would take seconds to parse, to be refused all the same
HEADING_LINE = re.compile(r"^ {0,3}#{1,6}(?: |$)", re.MULTILINE)
TITLE_MOST = 300


@dataclass(frozen=True)
class Place:
    """Where a part shall go: a kind of `Filing`, and the lesson or project it is about."""

    kind: str
    target: str | None = None


def draft_post(
    db: Db,
    enrolment: Enrolment,
    curriculum: Curriculum,
    *,
    file_name: str,
    data: bytes,
    at: datetime,
) -> tuple[StoredPost, bool]:
    """Return the post as a draft with a place proposed for each part, and whether it is new.

    A text that the learner has already brought in is returned as it stands, with False.
    Raises Invalid: "too_large", "not_text", "empty" or "too_many_headings".
    """
    post = _read(data)
    digest = hashlib.sha256(post.body.encode() + b"\0" + post.front_matter_text.encode())
    there = posts.find_by_digest(db, enrolment.id, digest.hexdigest())
    if there is not None and there.state != "undone":
        return there, False
    if there is not None:
        posts.remove_idle(db, enrolment.id, there.id)
    draft = propose(post, curriculum, enrolment, file_name=file_name, at=at)
    draft = replace(draft, digest=digest.hexdigest())
    if not posts.add(db, draft):
        raise Conflict
    return draft, True


def propose(
    post: Post, curriculum: Curriculum, enrolment: Enrolment, *, file_name: str, at: datetime
) -> StoredPost:
    """Return the post with the place that each part fits best; nothing is stored."""
    filed = file_parts(post, candidates_of(curriculum))
    parts = tuple(
        StoredPart(
            text=part.text,
            heading=part.heading[:TITLE_MOST],
            level=part.level,
            section_start=part.section_start,
            starts_comment=part.kind is PartKind.COMMENT,
            kind=filing.kind,
            target=filing.target,
            score=round(filing.score, 3),
        )
        for part, filing in zip(post.parts, filed.filings, strict=True)
    )
    parts = _fitting(parts)
    return StoredPost(
        id=posts.new_post_id(),
        enrolment_id=enrolment.id,
        cohort_id=enrolment.cohort_id,
        digest="",
        file_name=_storable(file_name),
        title=_storable(post.title),
        step_number=filed.step_number,
        front_matter=json.dumps(post.front_matter),
        front_matter_text=post.front_matter_text,
        parts=parts,
        comments_for=Visibility.ME,
        log_state=LogState.DONE.value,
        state="draft",
        imported_at=at,
    )


def proposed_post(
    data: bytes, curriculum: Curriculum, enrolment: Enrolment, *, name: str, at: datetime
) -> StoredPost:
    """Return what `draft_post` would store, and store nothing. Raises Invalid as it does."""
    return propose(_read(data), curriculum, enrolment, file_name=name, at=at)


def candidates_of(curriculum: Curriculum) -> list[Candidate]:
    """Return what a part can be about, in the curriculum's order."""
    lessons = [
        Candidate(
            id=lesson.id,
            kind="lesson",
            title=lesson.title,
            step_number=lesson.step_number,
            position=lesson.position,
            number=None,
            topics=lesson.outline,
        )
        for lesson in curriculum.lessons
    ]
    projects = [
        Candidate(
            id=project.id,
            kind="project",
            title=project.title,
            step_number=project.step_number,
            position=place,
            number=project.number,
        )
        for place, project in enumerate(curriculum.projects)
    ]
    return lessons + projects


def confirm_post(
    db: Db,
    enrolment: Enrolment,
    curriculum: Curriculum,
    post_id: PostId,
    *,
    places: Mapping[int, Place],
    step_number: int | None,
    comments_for: Visibility,
    log_state: LogState,
) -> StoredPost:
    """Fix where the parts go and return the post, to be filed (see filing_posts).

    `places` holds what the learner changed. Raises NotFound for a post or target that is not
    theirs, Conflict if the draft was confirmed or discarded meanwhile.
    """
    post = draft_of(db, enrolment, post_id)
    known = {candidate.id for candidate in candidates_of(curriculum)}
    wrong = [
        place.target for place in places.values() if place.target and place.target not in known
    ]
    if wrong:
        raise NotFound("lesson or project", wrong[0])
    parts = tuple(
        replace(part, kind=places[index].kind, target=places[index].target)
        if index in places
        else part
        for index, part in enumerate(post.parts)
    )
    begun = replace(
        post,
        parts=_fitting(parts),
        step_number=step_number,
        comments_for=comments_for,
        log_state=log_state.value,
        state="filing",
    )
    if not posts.begin_filing(db, begun):
        raise Conflict
    return begun


def draft_of(db: Db, enrolment: Enrolment, post_id: PostId) -> StoredPost:
    """Return a draft of this learner. Raises NotFound."""
    post = posts.find_for(db, enrolment.id, post_id)
    if post is None or post.state != "draft":
        raise NotFound("post", post_id)
    return post


def discard_draft(db: Db, enrolment: Enrolment, post_id: PostId) -> None:
    """Forget a draft. Raises NotFound if there is none (any more)."""
    draft_of(db, enrolment, post_id)
    posts.remove_idle(db, enrolment.id, post_id)


def _fitting(parts: tuple[StoredPart, ...]) -> tuple[StoredPart, ...]:
    """Return the parts, unfiled where together they are too long to stand in one place."""
    sizes: Counter[tuple[str, str | None]] = Counter()
    for part in parts:
        sizes[part.kind, part.target] += len(part.text)
    return tuple(
        replace(part, kind="unfiled", target=None, score=0.0)
        if sizes[part.kind, part.target] > PLACE_MOST
        else part
        for part in parts
    )


def _storable(text: str) -> str:
    """Return a title that MongoDB takes: an escape in YAML can name half a surrogate pair."""
    return text.encode("utf-8", "replace").decode()[:TITLE_MOST]


def _read(data: bytes) -> Post:
    if len(data) > FILE_MOST:
        raise Invalid(["too_large"])
    try:
        text = decode(data)
    except UndecodableError as error:
        raise Invalid(["not_text"]) from error
    if not text.strip():
        raise Invalid(["empty"])
    if len(HEADING_LINE.findall(text)) > HEADING_LINES_MOST:
        raise Invalid(["too_many_headings"])
    post = parse_post(text)
    if len(post.parts) > PARTS_MOST:
        raise Invalid(["too_many_headings"])
    return post
