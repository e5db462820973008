"""From records to Markdown: a post that was imported, with its edits, or a fresh one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tracker.posts.containing import contained, escaped
from tracker.posts.front_matter import dump_front_matter, join_front_matter
from tracker.posts.parts import Part, Post

Language = Literal["ko", "en"]

_WORDS: dict[Language, dict[str, str]] = {
    "ko": {
        "step": "STEP {}", "comment": "코멘트", "retrospective": "회고", "good": "좋았던 점",
        "lacking": "아쉬웠던 점", "next_try": "다음에 해 볼 것",
        "mini": "{}차 미니프로젝트", "capstone": "빅프로젝트 {}",
    },
    "en": {
        "step": "STEP {}", "comment": "Comments", "retrospective": "Retrospective",
        "good": "What went well", "lacking": "What was lacking", "next_try": "Next try",
        "mini": "Mini project {}", "capstone": "Capstone project {}",
    },
}  # fmt: skip


@dataclass(frozen=True)
class LessonRecord:
    """What a learner wrote on one lesson: plain title and line, Markdown for the rest."""

    title: str
    one_line: str = ""
    key_points: Sequence[str] = ()
    note: str = ""
    comments: Sequence[str] = ()


@dataclass(frozen=True)
class ProjectRecord:
    """What a learner wrote on one project."""

    number: int
    title: str = ""
    kind: Literal["mini", "capstone"] = "mini"
    note: str = ""
    comments: Sequence[str] = ()


@dataclass(frozen=True)
class RetrospectiveRecord:
    """A learner's look back on the STEP, each half Markdown."""

    good: str = ""
    lacking: str = ""
    next_try: str = ""


@dataclass(frozen=True)
class PostRecord:
    """Everything that goes into a fresh post; `date` is written as it is given."""

    title: str
    date: str
    step_number: int
    step_title: str = ""
    lessons: Sequence[LessonRecord] = ()
    projects: Sequence[ProjectRecord] = ()
    retrospective: RetrospectiveRecord = RetrospectiveRecord()
    language: Language = "ko"


def export_post(post: Post, edited: Mapping[int, str | None] | None = None) -> str:
    """Return a post as text; without edits it parses to the same body and front matter.

    `edited` gives, by index of the part, the new text below its heading, or None where the part
    is left out because an earlier one now carries its text. New texts are kept inside their
    section (see `contained`).
    """
    edited = edited or {}
    body = "".join(
        _edited(part, edited[index]) if index in edited else part.text
        for index, part in enumerate(post.parts)
    )
    return join_front_matter(post.front_matter, post.front_matter_text, body)


def compose_post(record: PostRecord) -> str:
    """Return a fresh post in the shape that `parse_post` and `file_parts` read back.

    Lessons and projects are h2 with their comments as h3; the retrospective is an h1 with its
    halves as h2. Headings within texts are lowered beneath these, or made bold where they would
    read as a part (see `contained`). Empty texts are left out; a lesson keeps its heading.
    """
    words = _WORDS[record.language]
    step = words["step"].format(record.step_number)
    blocks = [f"# {step} {escaped(record.step_title)}".rstrip()]
    for lesson in record.lessons:
        blocks += _lesson_blocks(lesson, words)
    for project in record.projects:
        blocks += _project_blocks(project, words)
    blocks += _retrospective_blocks(record.retrospective, words)
    front_matter = dump_front_matter({"title": record.title, "date": record.date})
    return f"---\n{front_matter}---\n\n" + "\n\n".join(block for block in blocks if block) + "\n"


def _edited(part: Part, text: str | None) -> str:
    if text is None:
        return ""
    heading = part.text[: part.section_start].rstrip("\n")
    blocks = (heading, contained(text, part.level))
    return "".join(f"{block}\n\n" for block in blocks if block)


def _lesson_blocks(lesson: LessonRecord, words: Mapping[str, str]) -> list[str]:
    points = [" ".join(point.split()) for point in lesson.key_points]
    text = [
        escaped(lesson.one_line),
        "\n".join(f"- {point}" for point in points if point),
        lesson.note,
    ]
    note = contained("\n\n".join(block for block in text if block.strip()), 2)
    return [f"## {escaped(lesson.title)}", note, *_comment_blocks(lesson.comments, words)]


def _project_blocks(project: ProjectRecord, words: Mapping[str, str]) -> list[str]:
    name = words[project.kind].format(project.number)
    heading = f"## {name}: {escaped(project.title)}" if project.title.strip() else f"## {name}"
    return [heading, contained(project.note, 2), *_comment_blocks(project.comments, words)]


def _comment_blocks(comments: Sequence[str], words: Mapping[str, str]) -> list[str]:
    blocks: list[str] = []
    for comment in comments:
        if comment.strip():
            blocks += [f"### {words['comment']}", contained(comment, 3)]
    return blocks


def _retrospective_blocks(record: RetrospectiveRecord, words: Mapping[str, str]) -> list[str]:
    halves = {"good": record.good, "lacking": record.lacking, "next_try": record.next_try}
    blocks: list[str] = []
    for name, text in halves.items():
        if text.strip():
            blocks += [f"## {words[name]}", contained(text, 2)]
    return [f"# {words['retrospective']}", *blocks] if blocks else []
