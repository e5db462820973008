"""People from the command line, by the rules of the page."""

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from blueprints.people.roster_words import ACTION_WORDS, FILE_WORDS, problem_words
from blueprints.support.database import get_db
from blueprints.support.links import welcome_link
from tracker.clock import utc_now
from tracker.errors import Invalid, TrackerError
from tracker.models import CohortState, PeopleImport
from tracker.use_cases.changing_a_cohort import SYSTEM
from tracker.use_cases.confirming_people import apply_import
from tracker.use_cases.giving_links import new_people
from tracker.use_cases.importing_people import (
    cohort_called,
    keep_draft,
    read_people,
)

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def people() -> None:
    """Look after the people of a cohort."""


@people.command("import")
@click.argument("file", type=FILE)
@click.option("--cohort", "slug", required=True, metavar="SLUG")
@click.option("--dry-run", is_flag=True, help="Show what each line means; write nothing.")
@with_appcontext
def import_(file: Path, slug: str, dry_run: bool) -> None:  # noqa: FBT001  click passes it by name
    """Enrol the people of a CSV or xlsx file; print a link for each who has no password yet.

    Who runs this may open any account: unlike the page, it leaves nobody's link out.
    """
    with force_locale("en"):
        try:
            done = _import(file, slug, dry_run=dry_run)
        except Invalid as error:
            words = [str(FILE_WORDS.get(each, each)) for each in error.problems]
            raise click.ClickException("\n".join(words)) from error
        except TrackerError as error:
            raise click.ClickException(str(error)) from error
        for row in done.rows:
            click.echo(f"line {row.line}: {row.email}: {ACTION_WORDS[row.action]}")
        if dry_run:
            click.echo("dry run: nothing was written")
            return
        for person in new_people(get_db(), done):
            click.echo(f"{person.email}  {welcome_link(person)}")


def _import(file: Path, slug: str, *, dry_run: bool) -> PeopleImport:
    """Return the import, applied or (in a dry run) as it would be. Raises Invalid."""
    cohort = cohort_called(get_db(), slug)
    if cohort.state is CohortState.ARCHIVED:
        raise Invalid([f"the cohort {slug} is archived; open it first"])
    draft, roster = read_people(
        get_db(), cohort, file.read_bytes(), by=SYSTEM, file_name=file.name, at=utc_now()
    )
    if roster.problems:
        raise Invalid(
            [
                f"line {each.line}: {problem_words(each.field, each.kind, each.value)}"
                for each in roster.problems
            ]
        )
    changes = any(row.action != "same" for row in draft.rows)
    if dry_run or not changes:
        return draft
    keep_draft(get_db(), draft)
    return apply_import(get_db(), cohort, draft, by=SYSTEM, at=utc_now())
