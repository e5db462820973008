"""Which lesson or project each part of a post is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tracker.posts.claims import Candidate, claimed_lessons
from tracker.posts.parts import RETRO_KINDS, Part, PartKind, Post
from tracker.posts.titles import EXACT, likeness, title_of
from tracker.posts.vocabulary import is_comment, is_reflection, project_in

__all__ = ["Candidate", "Filed", "Filing", "FilingKind", "file_parts"]

FilingKind = Literal[
    "lesson", "comment", "project", "retro_good", "retro_lacking", "retro_next", "unfiled"
]
PROJECT_THRESHOLD = 0.75
ONLY_PROJECT = 0.8  # score of "Mini project" without a number where the STEP has one project


@dataclass(frozen=True)
class Filing:
    """Where one part belongs."""

    part: int
    kind: FilingKind
    target: str | None = None  # candidate's id; of a comment, what it is about
    score: float = 0.0  # 0.0 to 1.0; unfiled is 0.0


@dataclass(frozen=True)
class Filed:
    """A post's parts with their places: one filing for each part, in order."""

    step_number: int | None
    filings: tuple[Filing, ...]


@dataclass
class _Open:
    """The section that the walk through the post is in."""

    kind: FilingKind
    target: str | None
    level: int
    score: float
    comment_level: int = 0  # of the comment that is open in it, else 0


def file_parts(post: Post, candidates: Sequence[Candidate]) -> Filed:
    """File every part of a post to the curriculum.

    A heading that is claimed by a lesson or project holds what stands beneath it: topics are
    filed with it, comments about it. What no heading claims is unfiled.
    """
    lessons = [candidate for candidate in candidates if candidate.kind == "lesson"]
    step, claims = claimed_lessons(post, lessons)
    projects = [candidate for candidate in candidates if candidate.kind == "project"]
    filings: list[Filing] = []
    section: _Open | None = None
    for index, part in enumerate(post.parts):
        section = _left(section, part)
        if index in claims and section is None:
            candidate, score = claims[index]
            section = _Open("lesson", candidate.id, part.level, score)
        elif part.kind is PartKind.PROJECT:
            section = _project_section(section, part, projects, step)
        elif part.kind in RETRO_KINDS and not _about_something(section):
            section = _Open(_retro(part.kind), None, part.level, EXACT)
        filings.append(_filing(index, part, section))
    return Filed(step, tuple(filings))


def _left(section: _Open | None, part: Part) -> _Open | None:
    """Return the section that a part's heading leaves open."""
    if section is None or part.level > section.level:
        return section
    beside = part.level == section.level and is_comment(part.heading)
    return section if beside and _about_something(section) else None


def _about_something(section: _Open | None) -> bool:
    return section is not None and section.target is not None


def _filing(index: int, part: Part, section: _Open | None) -> Filing:
    if section is None:
        return Filing(index, "unfiled")
    if section.target is None:
        return Filing(index, section.kind, None, section.score)
    if part.kind is PartKind.COMMENT or part.kind in RETRO_KINDS or is_reflection(part.heading):
        # A look back under one lesson is remarks on that lesson.
        section.comment_level = part.level
    elif part.level <= section.comment_level:
        section.comment_level = 0
    kind = "comment" if section.comment_level else section.kind
    return Filing(index, kind, section.target, section.score)


def _retro(kind: PartKind) -> FilingKind:
    if kind is PartKind.RETRO_GOOD:
        return "retro_good"
    return "retro_lacking" if kind is PartKind.RETRO_LACKING else "retro_next"


def _project_section(
    section: _Open | None, part: Part, projects: Sequence[Candidate], step: int | None
) -> _Open | None:
    """Return the section that a project's heading opens, else the one that it is in.

    Inside another section only a heading that is nothing but a project's number counts: "Mini
    project 7: preparations" may be a topic.
    """
    if section is not None and (part.project_number is None or _rest(part.heading)):
        return section
    project, score = _project(part, projects, step)
    return _Open("project", project.id, part.level, score) if project else section


def _project(
    part: Part, projects: Sequence[Candidate], step: int | None
) -> tuple[Candidate | None, float]:
    """Return the project that a heading names: by number if it tells one, else by title."""
    if part.project_number is not None:
        same = [project for project in projects if _number(project) == part.project_number]
        here = [project for project in same if project.step_number == step] or same
        return (here[0], EXACT) if len(here) == 1 else (None, 0.0)
    here = [project for project in projects if step in (None, project.step_number)]
    rest = _rest(part.heading)
    headings = [title_of(text) for text in (part.heading, rest) if text]
    scores = [
        max(likeness(heading, title_of(project.title)) for heading in headings) for project in here
    ]
    best = max(scores, default=0.0)
    if best >= PROJECT_THRESHOLD and scores.count(best) == 1:
        return here[scores.index(best)], best
    return (here[0], ONLY_PROJECT) if len(here) == 1 and not rest else (None, 0.0)


def _number(project: Candidate) -> int | None:
    named = project_in(project.title)
    return project.number if project.number is not None else named[0] if named else None


def _rest(heading: str) -> str:
    named = project_in(heading)
    return named[1] if named else ""
