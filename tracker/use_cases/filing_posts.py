"""Puts the parts of a confirmed post in their places, and takes them out again.

Each step can be done again, so an import or an undo that was cut off is finished by whoever
looks at the learner's posts next.
"""

from datetime import datetime
from itertools import groupby

from tracker.documents import (
    activity,
    comments,
    enrolments,
    journals,
    lesson_logs,
    lessons,
    own_record,
    people,
    posts,
    project_notes,
    projects,
    retrospectives,
    steps,
)
from tracker.documents.posts import StoredPart, StoredPost, comment_id_of, comment_runs
from tracker.documents.schema import Db
from tracker.markdown import render
from tracker.models import (
    Comment,
    Curriculum,
    Enrolment,
    Imported,
    Lesson,
    LogEntry,
    LogState,
    PostId,
)
from tracker.posts.parts import Part, joined_text
from tracker.use_cases.logging_a_lesson import log_lesson

NOTHING_LOGGED = LogEntry(state=LogState.NOT_STARTED)
RETRO = ("retro_good", "retro_lacking", "retro_next")
BESIDE = (lesson_logs.NAME, project_notes.NAME, retrospectives.NAME)


def file_post(
    db: Db, enrolment: Enrolment, curriculum: Curriculum, post: StoredPost, *, at: datetime
) -> None:
    """Put every part in its place and call the post filed; safe to do again.

    Where it was undone meanwhile, what has been put since is taken out again.
    """
    for lesson_id, texts in _about(post, "lesson"):
        lesson = next((each for each in curriculum.lessons if each.id == lesson_id), None)
        if lesson is not None:
            _file_lesson(db, enrolment, post, lesson, texts, at=at)
    for project_id, texts in _about(post, "project"):
        project = next((each for each in curriculum.projects if each.id == project_id), None)
        if project is not None:
            project_notes.add_imported(
                db, enrolment.cohort_id, enrolment.id, project.id, [texts], at=at
            )
    step = curriculum.step(post.step_number) if post.step_number is not None else None
    halves = [half for kind in RETRO for _target, half in _about(post, kind)]
    if step is not None and halves:
        retrospectives.add_imported(db, enrolment.cohort_id, enrolment.id, step.id, halves, at=at)
        journals.look_back(db, enrolment.id, enrolment.cohort_id, {step.id})
    _file_comments(db, enrolment, curriculum, post, at=at)
    _tell(db, enrolment, "imported", post, at=at)
    if not posts.set_state(db, post.id, "filed", was="filing"):
        posts.set_state(db, post.id, "undoing", was="undone")
        _take_out(db, enrolment, curriculum, post.id, at=at)


def undo_post(
    db: Db, enrolment: Enrolment, curriculum: Curriculum, post_id: PostId, *, at: datetime
) -> None:
    """Take every part out again; what the learner wrote or edited since then stays."""
    for state in ("filed", "filing"):
        posts.set_state(db, post_id, "undoing", was=state)
    _take_out(db, enrolment, curriculum, post_id, at=at)


def _take_out(
    db: Db, enrolment: Enrolment, curriculum: Curriculum, post_id: PostId, *, at: datetime
) -> None:
    """Take the parts of a post out that is being undone; safe to do again."""
    post = posts.find_for(db, enrolment.id, post_id)
    if post is None or post.state != "undoing":
        return
    for collection in BESIDE:
        own_record.take_away(db, collection, enrolment.id, post.id)
    for comment in comments.list_of_post(db, post.id):
        if comment.edited_at is None and comment.deleted_at is None:
            comments.set_deleted(db, comment.id, at)
    for lesson in curriculum.lessons:
        log = lesson_logs.find_for(db, enrolment.id, lesson.id) if _names(post, lesson.id) else None
        if log is not None and log.from_post == post.id and log.entry != NOTHING_LOGGED:
            log_lesson(
                db,
                enrolment,
                lesson,
                NOTHING_LOGGED,
                revision=log.revision,
                by=enrolment.person_id,
                at=at,
            )
    _tell(db, enrolment, "undone", post, at=at)
    posts.set_state(db, post.id, "undone", was="undoing")


def finish_posts(db: Db, enrolment: Enrolment, curriculum: Curriculum, *, at: datetime) -> None:
    """Finish what was cut off: imports on the way in, undos on the way out."""
    for post in posts.list_for_learner(db, enrolment.id):
        if post.state == "filing":
            file_post(db, enrolment, curriculum, post, at=at)
        elif post.state == "undoing":
            undo_post(db, enrolment, curriculum, post.id, at=at)


def part_from(part: StoredPart) -> Part:
    """Return the part as the posts package knows it."""
    return Part(
        text=part.text,
        heading=part.heading,
        level=part.level,
        section_start=part.section_start,
    )


def finish_all_posts(db: Db, *, at: datetime) -> None:
    """Finish what was cut off for any learner (for `check --repair`)."""
    for post_id, _state in posts.list_unfinished(db):
        post = posts.find(db, post_id)
        if post is None:
            continue
        curriculum = Curriculum(
            steps=tuple(steps.list_for_cohort(db, post.cohort_id)),
            lessons=tuple(lessons.list_for_cohort(db, post.cohort_id)),
            projects=tuple(projects.list_for_cohort(db, post.cohort_id)),
        )
        finish_posts(db, enrolments.get(db, post.enrolment_id), curriculum, at=at)


def _file_lesson(
    db: Db,
    enrolment: Enrolment,
    post: StoredPost,
    lesson: Lesson,
    part: Imported,
    *,
    at: datetime,
) -> None:
    """Let the part stand beside the log; where nothing was logged yet, give the lesson a state."""
    log = lesson_logs.find_for(db, enrolment.id, lesson.id)
    wanted = LogEntry(state=LogState(post.log_state))
    if log is None or (log.entry == NOTHING_LOGGED and wanted != NOTHING_LOGGED):
        log_lesson(
            db,
            enrolment,
            lesson,
            wanted,
            revision=log.revision if log else 0,
            by=enrolment.person_id,
            at=at,
            from_post=post.id,
        )
    key = {"enrolment_id": enrolment.id, "lesson_id": lesson.id}
    own_record.push_beside(db, lesson_logs.NAME, key, [part])


def _file_comments(
    db: Db, enrolment: Enrolment, curriculum: Curriculum, post: StoredPost, *, at: datetime
) -> None:
    person = people.find(db, enrolment.person_id)
    titles: dict[str, tuple[str, str]] = {
        **{lesson.id: ("lesson", lesson.title) for lesson in curriculum.lessons},
        **{project.id: ("project", project.title) for project in curriculum.projects},
    }
    for first, indices in comment_runs(post):
        text = joined_text([part_from(post.parts[index]) for index in indices])
        target = post.parts[first].target
        if not text or target is None or target not in titles or person is None:
            continue
        kind, place = titles[target]
        comments.add(
            db,
            Comment(
                id=comment_id_of(post.id, first),
                cohort_id=enrolment.cohort_id,
                subject=f"{kind}:{target}",
                place=place,
                author_id=person.id,
                author_name=person.name,
                author_is_staff=False,
                visibility=post.comments_for,
                text=text,
                html=render(text),
                created_at=at,
                post_id=post.id,
            ),
        )


def _about(post: StoredPost, kind: str) -> list[tuple[str | None, Imported]]:
    """Return the parts of a kind, joined for each target, in the order of their first part."""
    indices = [index for index, part in enumerate(post.parts) if part.kind == kind]
    targets = sorted(indices, key=lambda index: (post.parts[index].target or "", index))
    joined = []
    for target, group in groupby(targets, key=lambda index: post.parts[index].target):
        members = list(group)
        text = joined_text([part_from(post.parts[index]) for index in members])
        joined.append(
            (
                target,
                Imported(
                    post_id=post.id,
                    part=members[0],
                    title=post.title or post.file_name,
                    kind=kind,
                    text=text,
                    html=render(text),
                ),
            )
        )
    return joined


def _names(post: StoredPost, target: str) -> bool:
    return any(part.target == target for part in post.parts)


def _tell(db: Db, enrolment: Enrolment, verb: str, post: StoredPost, *, at: datetime) -> None:
    activity.add(
        db,
        verb,
        f"post:{post.id}",
        cohort_id=enrolment.cohort_id,
        by=enrolment.person_id,
        at=at,
        key=f"post:{post.id}:{verb}",
    )
