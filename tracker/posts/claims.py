"""Which headings of a post are lessons: structure and titles decide together.

From the top down: a heading that matches a lesson claims it, and what stands beneath is its
topics. Claims are then given out in the curriculum's order where titles alone leave a choice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tracker.posts.order import Match, in_order
from tracker.posts.parts import RETRO_KINDS, Part, PartKind, Post, parents_of
from tracker.posts.titles import NEARLY, Title, likeness, title_of
from tracker.posts.vocabulary import step_number_in

THRESHOLD = 0.75  # below it a heading is no lesson; see the near misses in the tests
ELSEWHERE = 0.95  # what a lesson of another STEP needs
TOPICS_FROM = 0.5  # from here on up, topics may lift a match
TOPICS_WEIGHT = 0.25  # what sub-headings that are all topics of the lesson add
MAX_HEADINGS = 1_000  # later headings are not compared, to bound the work

_CLOSED_KINDS = RETRO_KINDS | {PartKind.PROJECT, PartKind.COMMENT}
_OPEN_KINDS = frozenset({PartKind.UNFILED, PartKind.LESSON})
_Matches = Mapping[int, Sequence[Match]]


@dataclass(frozen=True)
class Candidate:
    """A lesson or project of the curriculum that a part may be about."""

    id: str
    kind: Literal["lesson", "project"]
    title: str
    step_number: int
    position: int
    number: int | None = None  # of a project
    topics: tuple[str, ...] = ()


def claimed_lessons(
    post: Post, lessons: Sequence[Candidate]
) -> tuple[int | None, dict[int, tuple[Candidate, float]]]:
    """Return the post's STEP and, by index of the part, the lesson of each lesson's heading.

    Where the post names no STEP, it is the one that its headings match best; None if that is a tie.
    """
    lessons = sorted(lessons, key=lambda lesson: (lesson.step_number, lesson.position))
    parents = parents_of([part.level for part in post.parts])
    matches = _matches(post.parts, parents, lessons)
    step = post.step_number
    if step is None:
        step = _likely_step(matches, lessons)
    steps = _steps(post.parts, parents, step)
    of_step = {
        index: kept
        for index, found in matches.items()
        if (kept := _of_step(found, lessons, steps[index]))
    }
    tops = _top_down(post.parts, parents, of_step)
    claims = in_order({index: of_step[index] for index in tops})
    return step, {index: (lessons[match.lesson], match.score) for index, match in claims.items()}


def _matches(
    parts: Sequence[Part], parents: Sequence[int | None], lessons: Sequence[Candidate]
) -> dict[int, list[Match]]:
    """Return the matches of every heading that may be a lesson's."""
    titles = [title_of(lesson.title) for lesson in lessons]
    topics = [{title_of(topic).joined for topic in lesson.topics} for lesson in lessons]
    found: dict[int, list[Match]] = {}
    for index in _eligible(parts, parents):
        heading = title_of(parts[index].heading)
        scores = [likeness(heading, title) for title in titles]
        if max(scores, default=0.0) < TOPICS_FROM:
            continue
        beneath = [title_of(parts[child].heading) for child in _children(parts, index)]
        lifted = [_lifted(s, beneath, own) for s, own in zip(scores, topics, strict=True)]
        matches = [Match(place, s) for place, s in enumerate(lifted) if s >= THRESHOLD]
        if matches:
            found[index] = matches
    return found


def _eligible(parts: Sequence[Part], parents: Sequence[int | None]) -> list[int]:
    """Return the headings that may be a lesson's: plain ones, not inside a comment or the like."""
    closed: set[int] = set()
    eligible: list[int] = []
    for index, (part, parent) in enumerate(zip(parts, parents, strict=True)):
        if part.kind in _CLOSED_KINDS or parent in closed:
            closed.add(index)
        elif part.kind in _OPEN_KINDS and part.heading:
            eligible.append(index)
    return eligible[:MAX_HEADINGS]


def _children(parts: Sequence[Part], index: int) -> Iterator[int]:
    """Yield the plain headings beneath a heading, at any depth."""
    for child in range(index + 1, len(parts)):
        if parts[child].level <= parts[index].level:
            return
        if parts[child].kind in _OPEN_KINDS:
            yield child


def _lifted(score: float, beneath: Sequence[Title], topics: set[str]) -> float:
    """Return the score of a doubtful match with what its sub-headings add."""
    if not beneath or not topics or not TOPICS_FROM <= score < THRESHOLD:
        return score
    known = sum(title.joined in topics for title in beneath)
    return min(score + TOPICS_WEIGHT * known / len(beneath), NEARLY)


def _likely_step(matches: _Matches, lessons: Sequence[Candidate]) -> int | None:
    totals: dict[int, float] = {}
    for found in matches.values():
        best: dict[int, float] = {}
        for match in found:
            step = lessons[match.lesson].step_number
            best[step] = max(best.get(step, 0.0), match.score)
        for step, score in best.items():
            totals[step] = totals.get(step, 0.0) + score
    leaders = [step for step, total in totals.items() if total == max(totals.values())]
    return leaders[0] if len(leaders) == 1 else None


def _steps(
    parts: Sequence[Part], parents: Sequence[int | None], step: int | None
) -> list[int | None]:
    """Return the STEP that each part stands in: the nearest STEP heading above, else the post's."""
    steps: list[int | None] = []
    for part, parent in zip(parts, parents, strict=True):
        if part.kind is PartKind.STEP:
            steps.append(step_number_in(part.heading))
        else:
            steps.append(step if parent is None else steps[parent])
    return steps


def _of_step(
    matches: Sequence[Match], lessons: Sequence[Candidate], step: int | None
) -> Sequence[Match]:
    """Return the matches within the STEP; if there are none, near certain ones elsewhere."""
    if step is None:
        return matches
    here = [match for match in matches if lessons[match.lesson].step_number == step]
    return here or [match for match in matches if match.score >= ELSEWHERE]


def _top_down(parts: Sequence[Part], parents: Sequence[int | None], matches: _Matches) -> list[int]:
    """Return the headings that claim a lesson, none beneath another."""
    level = _lesson_level(parts, matches)
    closed: set[int] = set()
    tops: list[int] = []
    for index, (part, parent) in enumerate(zip(parts, parents, strict=True)):
        if parent in closed:
            closed.add(index)
        elif index in matches and not (
            part.level < level and _holds_lessons(parts, index, matches)
        ):
            tops.append(index)
            closed.add(index)
        elif part.kind is PartKind.LESSON and part.level >= level:
            closed.add(index)  # a lesson that the curriculum does not know, with its topics
    return tops


def _lesson_level(parts: Sequence[Part], matches: _Matches) -> int:
    """Return the heading level at which most lessons are matched, the upper one of two; else 1."""
    best: dict[int, dict[int, float]] = {}
    for index, found in matches.items():
        match = _best(found)
        of_level = best.setdefault(parts[index].level, {})
        of_level[match.lesson] = max(of_level.get(match.lesson, 0.0), match.score)
    totals = {level: sum(of_level.values()) for level, of_level in best.items()}
    return max(totals, key=lambda level: (totals[level], -level), default=1)


def _holds_lessons(parts: Sequence[Part], index: int, matches: _Matches) -> bool:
    """Tell whether a heading over the lessons' level holds several of them, and is none itself."""
    own = _best(matches[index])
    others = {_best(matches[child]).lesson for child in _children(parts, index) if child in matches}
    return len(others - {own.lesson}) >= (2 if own.score < NEARLY else 3)


def _best(matches: Sequence[Match]) -> Match:
    return max(matches, key=lambda match: match.score)
