"""What a cohort's calendar puts on a day."""

from collections.abc import Sequence
from datetime import date

from tracker.models import Curriculum, Lesson, Step


def step_on(curriculum: Curriculum, today: date) -> Step | None:
    """Return the step that runs today, else the last that has begun, else the first."""
    begun = [step for step in curriculum.steps if step.starts_on <= today]
    if begun:
        return max(begun, key=lambda step: (step.starts_on, step.number))
    return curriculum.steps[0] if curriculum.steps else None


def lessons_on(lessons: Sequence[Lesson], today: date) -> list[Lesson]:
    """Return the lessons that run on this day, in the curriculum's order."""
    return [lesson for lesson in lessons if lesson.starts_on <= today <= lesson.ends_on]


def lessons_to_log(
    lessons: Sequence[Lesson], today: date, done: frozenset[str], *, at_least: int = 6
) -> list[Lesson]:
    """Return what a learner may want to log today: what is on, then the latest not yet done.

    A bootcamp's evening is spent on what has begun; nothing that lies ahead is listed.
    """
    on = lessons_on(lessons, today)
    open_before = [lesson for lesson in lessons if lesson.ends_on < today and lesson.id not in done]
    room = max(0, at_least - len(on))
    earlier = open_before[-room:] if room else []
    return [lesson for lesson in lessons if lesson in on or lesson in earlier]
