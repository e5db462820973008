"""A learner's posts as Markdown files: those that came in, and fresh ones of what was logged."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.clock import day_of
from tracker.documents import comments, lesson_logs, people, posts, project_notes, retrospectives
from tracker.documents.posts import StoredPart, StoredPost, comment_id_of, comment_runs
from tracker.documents.schema import Db
from tracker.models import (
    Cohort,
    Comment,
    CommentId,
    Curriculum,
    Enrolment,
    LessonLog,
    PostId,
    ProjectNote,
    Retrospective,
    Step,
)
from tracker.posts.composing import (
    LessonRecord,
    PostRecord,
    ProjectRecord,
    RetrospectiveRecord,
    compose_post,
    export_post,
)
from tracker.posts.parts import Part, Post
from tracker.reports.membership import curriculum_of

PostView = StoredPost
PartView = StoredPart


@dataclass(frozen=True)
class OutFile:
    """A Markdown file: a name that is safe in any folder, and its text."""

    name: str
    text: str


def posts_of(db: Db, enrolment: Enrolment) -> list[StoredPost]:
    """Return the learner's posts that were not undone, oldest first, drafts too."""
    return [post for post in posts.list_for_learner(db, enrolment.id) if post.state != "undone"]


def post_of(db: Db, places: Iterable[Enrolment], post_id: PostId) -> StoredPost | None:
    """Return a post of someone who has these places, if it was not undone."""
    found = posts.find(db, post_id)
    own = {place.id for place in places}
    if found is None or found.enrolment_id not in own or found.state == "undone":
        return None
    return found


def unfiled_of(db: Db, enrolment: Enrolment) -> list[tuple[StoredPost, StoredPart]]:
    """Return what of the learner's posts fits nowhere, with the post; blank parts are left out."""
    return [
        (post, part)
        for post in posts.list_for_learner(db, enrolment.id)
        for part in post.parts
        if post.state == "filed"
        and part.kind == "unfiled"
        and part.text[part.section_start :].strip()
    ]


def files_of(db: Db, cohort: Cohort, enrolment: Enrolment) -> list[OutFile]:
    """Return every post of the learner, names unique: imported ones, then one for each step.

    An imported post that was not edited gives the body that went in, byte for byte.
    """
    person = people.find(db, enrolment.person_id)
    language = "en" if person and person.language == "en" else "ko"
    written = comments.list_by_author(db, enrolment.person_id, cohort.id)
    edited = {comment.id: comment for comment in written if comment.edited_at}
    files = [
        (post.file_name or f"{post.title}.md", _imported_text(post, edited))
        for post in posts.list_for_learner(db, enrolment.id)
        if post.state == "filed"
    ]
    own = _Own(
        logs={log.lesson_id: log for log in lesson_logs.list_for_learner(db, enrolment.id)},
        notes={note.project_id: note for note in project_notes.list_for_learner(db, enrolment.id)},
        looks={look.step_id: look for look in retrospectives.list_for_learner(db, enrolment.id)},
        comments=[comment for comment in written if comment.post_id is None],
    )
    curriculum = curriculum_of(db, cohort).whole()
    told: set[int] = set()
    for step in curriculum.steps:
        inside = Curriculum((), (), ()) if step.number in told else curriculum
        told.add(step.number)
        record = _step_record(cohort, inside, step, own, language)
        if record is not None:
            files.append((f"step-{step.number}.md", compose_post(record)))
    return _with_unique_names(files)


@dataclass(frozen=True)
class _Own:
    """What a learner wrote themselves, by what it is about."""

    logs: dict[str, LessonLog]
    notes: dict[str, ProjectNote]
    looks: dict[str, Retrospective]
    comments: list[Comment]

    def comments_on(self, subject: str) -> list[str]:
        return [
            comment.text
            for comment in self.comments
            if comment.subject == subject and comment.parent_id is None
        ]


def _imported_text(post: StoredPost, edited: dict[CommentId, Comment]) -> str:
    parts = tuple(
        Part(
            text=part.text,
            heading=part.heading,
            level=part.level,
            section_start=part.section_start,
        )
        for part in post.parts
    )
    whole = Post(
        parts=parts,
        front_matter=json.loads(post.front_matter),
        front_matter_text=post.front_matter_text,
    )
    changes: dict[int, str | None] = {}
    for first, indices in comment_runs(post):
        comment = edited.get(comment_id_of(post.id, first))
        if comment is not None:
            changes |= dict.fromkeys(indices)
            changes[first] = comment.text
    return export_post(whole, changes)


def _step_record(
    cohort: Cohort, curriculum: Curriculum, step: Step, own: _Own, language: str
) -> PostRecord | None:
    """Return what the learner wrote on a step outside of imported posts; None if nothing."""
    lessons = tuple(_lesson_records(curriculum, step, own))
    projects = tuple(
        ProjectRecord(
            number=project.number,
            title=project.title,
            kind="capstone" if project.kind == "capstone" else "mini",
            note=own.notes[project.id].note if project.id in own.notes else "",
            comments=own.comments_on(f"project:{project.id}"),
        )
        for project in curriculum.projects_of(step.number)
        if (project.id in own.notes and own.notes[project.id].note)
        or own.comments_on(f"project:{project.id}")
    )
    look = own.looks.get(step.id)
    back = RetrospectiveRecord()
    if look is not None:
        back = RetrospectiveRecord(good=look.good, lacking=look.lacking, next_try=look.next_try)
    if not (lessons or projects or back.good or back.lacking or back.next_try):
        return None
    moments = [log.updated_at for log in own.logs.values()]
    last = day_of(max(moments), cohort.time_zone) if moments else step.ends_on
    return PostRecord(
        title=f"{cohort.name} STEP {step.number}",
        date=last.isoformat(),
        step_number=step.number,
        step_title=step.title,
        lessons=lessons,
        projects=projects,
        retrospective=back,
        language="en" if language == "en" else "ko",
    )


def _lesson_records(curriculum: Curriculum, step: Step, own: _Own) -> Iterable[LessonRecord]:
    for lesson in curriculum.lessons_of(step.number):
        log = own.logs.get(lesson.id)
        spoken = own.comments_on(f"lesson:{lesson.id}")
        entry = log.entry if log else None
        if spoken or (entry and (entry.line or entry.key_points or entry.note)):
            yield LessonRecord(
                title=lesson.title,
                one_line=entry.line if entry else "",
                key_points=entry.key_points if entry else (),
                note=entry.note if entry else "",
                comments=spoken,
            )


def _with_unique_names(files: list[tuple[str, str]]) -> list[OutFile]:
    taken: set[str] = set()
    unique = []
    for wanted, text in files:
        stem = "".join(char if char.isalnum() or char in "-_ ." else "-" for char in wanted)
        stem = stem.removesuffix(".md").strip(". ")[:80] or "post"
        name, count = f"{stem}.md", 1
        while name.casefold() in taken:
            count += 1
            name = f"{stem}-{count}.md"
        taken.add(name.casefold())
        unique.append(OutFile(name=name, text=text))
    return unique
