"""What the dashboard shows, as files for a spreadsheet."""

from collections.abc import Callable
from dataclasses import astuple

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.dashboard import attention, bp
from blueprints.dashboard.pulse import pulse_page
from blueprints.dashboard.routes import filters_from_address
from blueprints.support.access import current_reader, requires
from blueprints.support.downloads import file_of
from blueprints.support.words import RULE_WORDS, STANDING_WORDS, STATE_WORDS
from tracker.clock import day_of
from tracker.models import STATES
from tracker.permissions import Permission
from tracker.rules.pulse import Paces, Quartiles, Stretch
from tracker.tables import Cell, Table

WHAT = "any(learners,attention,lessons,'burn-up',steps,projects):what"


@bp.get(f"/cohorts/<slug:cohort>/dashboard/<{WHAT}>.<any(csv,xlsx):kind>")
@requires(Permission.SEE_LEARNERS)
def export(cohort: str, what: str, kind: str) -> ResponseReturnValue:
    """Answer with a table of the dashboard as a file, with the filters that the page has."""
    return file_of(TABLES[what](), f"{cohort}-{what}", kind)


def learners_table() -> Table:
    """Return the learners that the filters leave, with the state of each lesson in view."""
    filters = filters_from_address(None)
    glance = attention.current_glance(step=filters.step)
    states = {mark: str(STATE_WORDS[state]) for mark, state in STATES.items()}
    standings = {standing: str(words) for standing, words in STANDING_WORDS.items()}
    staff = glance.attention.staff
    head = [_("Name"), _("Coach"), _("Standing"), _("Last log"), _("Done"), _("Lessons")]
    return Table(
        [*head, *(lesson.title for lesson in glance.lessons)],
        (
            (
                line.row.name,
                staff.get(line.row.coach_id) if line.row.coach_id else None,
                standings[line.standing],
                line.logged_on,
                line.progress.done,
                line.progress.total,
                *map(states.__getitem__, line.marks),
            )
            for line in filter(filters.leave, glance.lines)
        ),
    )


def attention_table() -> Table:
    """Return those who need a person, as the filters leave them."""
    filters = attention.filters_from_address()
    glance = attention.current_glance()
    zone = current_reader().cohort.time_zone
    return Table(
        [
            *(_("Name"), _("Rule"), _("Since"), _("Lessons"), _("Looked after by")),
            *(_("Contacted by"), _("Contacted on"), _("Hidden until")),
        ],
        (
            (
                need.row.name,
                str(RULE_WORDS[need.reason.rule]),
                need.reason.since,
                ", ".join(lesson.title for lesson in need.reason.lessons),
                need.owner,
                *(
                    (need.contact.by, day_of(need.contact.at, zone), need.contact.until)
                    if need.contact
                    else (None,) * 3
                ),
            )
            for need in filter(filters.leave, glance.needs)
        ),
    )


def lessons_table() -> Table:
    """Return what was said of every lesson."""
    understanding, pace, minutes = _("Understanding"), _("Pace"), _("Minutes")
    paces = (_("Too slow"), _("About right"), _("Too fast"), _("answers"))
    quartiles = (_("lower quartile"), _("median"), _("upper quartile"), _("answers"))
    return Table(
        [
            *(_("Step"), _("Lesson")),
            *(f"{understanding}: {each}" for each in quartiles),
            *(f"{pace}: {each}" for each in paces),
            *(f"{minutes}: {each}" for each in quartiles),
        ],
        (
            (
                one.lesson.step_number,
                one.lesson.title,
                *four_cells(one.understanding),
                *four_cells(one.pace),
                *four_cells(one.minutes),
            )
            for one in pulse_page().pulse.lessons
        ),
    )


def burn_up_table() -> Table:
    """Return the lessons due and done by day."""
    points = pulse_page().pulse.burn_up
    return Table(
        [_("Day"), _("due"), _("done")], ((point.day, point.due, point.done) for point in points)
    )


def stretches_table(parts: tuple[Stretch, ...]) -> Table:
    """Return how far each step or project is."""
    return Table(
        [_("Number"), _("Name"), _("Lessons"), _("due"), _("done")],
        ((part.of.number, part.of.title, part.lessons, part.due, part.done) for part in parts),
    )


def four_cells(found: Quartiles | Paces | None) -> tuple[Cell, ...]:
    """Return the figures and the number of answers; empty cells where there were too few."""
    return astuple(found) if found else (None,) * 4


TABLES: dict[str, Callable[[], Table]] = {
    "learners": learners_table,
    "attention": attention_table,
    "lessons": lessons_table,
    "burn-up": burn_up_table,
    "steps": lambda: stretches_table(pulse_page().pulse.steps),
    "projects": lambda: stretches_table(pulse_page().pulse.projects),
}
