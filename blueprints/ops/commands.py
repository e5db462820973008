"""Commands for whoever runs Didim. Each can be run again, and says what it did."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from blueprints.ops.backup_commands import backup
from blueprints.ops.telling import only_if_due, told_in_one_line
from blueprints.support.database import get_db
from blueprints.support.links import welcome_link
from tracker.clock import utc_now
from tracker.models import CohortState
from tracker.use_cases.accounts import PASSWORD_LEAST, create_admin, get_account
from tracker.use_cases.changing_a_cohort import change_state
from tracker.use_cases.demo import ACCOUNTS, PASSWORD, Size, load_demo
from tracker.use_cases.importing_curricula import decode, import_curriculum, read_curriculum
from tracker.use_cases.migrating import migrate, prepare_database, refuse_embedded
from tracker.use_cases.noting_checks import check_and_note

CURRICULUM = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def database() -> None:
    """Look after the database itself."""


@database.command("prepare")
@with_appcontext
def prepare() -> None:
    """Create every collection, validator and index that is missing, then migrate."""
    with told_in_one_line():
        if not current_app.config["EMBEDDED"]:
            refuse_embedded(get_db())
        prepare_database(get_db(), tell=click.echo)
    click.echo("database is prepared")


@database.command("migrate")
@with_appcontext
def migrate_() -> None:
    """Make the migrations that are not made yet; `prepare` does so too."""
    with told_in_one_line():
        migrate(get_db(), tell=click.echo)
    click.echo("every migration is made")


@click.group()
def curriculum() -> None:
    """Say which steps, lessons and projects a cohort has."""


@curriculum.command("import")
@click.argument("file", type=CURRICULUM)
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@with_appcontext
def import_(file: Path, dry_run: bool) -> None:  # noqa: FBT001  click passes it by name
    """Create or update a cohort from FILE (YAML)."""
    with told_in_one_line():
        read = read_curriculum(decode(file.read_bytes()))
        if not dry_run:
            prepare_database(get_db())
        changes = import_curriculum(get_db(), read, by=None, at=utc_now(), dry_run=dry_run)
    for change in changes:
        click.echo(str(change))
    if not changes:
        click.echo("no changes")
    elif dry_run:
        click.echo("dry run: nothing was written")


@click.group()
def cohort() -> None:
    """Open and close cohorts."""


@cohort.command("state")
@click.argument("slug")
@click.argument("state", type=click.Choice([state.value for state in CohortState]))
@with_appcontext
def state_(slug: str, state: str) -> None:
    """Make a cohort a draft, active or archived."""
    with told_in_one_line():
        before = change_state(get_db(), slug, CohortState(state), at=utc_now())
    click.echo(f"{slug}: {before} → {state}" if before != state else f"{slug} is {state} already")


@click.group()
def demo() -> None:
    """Try Didim with a made-up cohort."""


@demo.command("load")
@click.option("--learners", type=click.IntRange(8, 5000), default=48, show_default=True)
@click.option("--lessons", type=click.IntRange(1, 500), default=22, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--force", is_flag=True, help="Load it into a database that is not embedded.")
@with_appcontext
def load(learners: int, lessons: int, seed: int, force: bool) -> None:  # noqa: FBT001
    """Load the demo cohort, the same for the same numbers and day."""
    if not (current_app.config.get("EMBEDDED") or force):
        raise click.ClickException(
            "this is not the embedded database, and anyone knows the demo's password;"
            " `script/flask demo load --force` loads it all the same"
        )
    with told_in_one_line():
        prepare_database(get_db())
        loaded = load_demo(get_db(), Size(learners, lessons, seed), at=utc_now())
    click.echo(f"cohort {loaded.slug}: {'loaded' if loaded.is_new else 'is there already'}")
    for email in ACCOUNTS:
        click.echo(f"  {email}  {PASSWORD}")


@click.group()
def admin() -> None:
    """Make administrators."""


@admin.command("create")
@click.argument("email")
@click.option("--name", required=True, help="The name that others see.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def create(email: str, name: str, password_stdin: bool) -> None:  # noqa: FBT001
    """Create an administrator; print the one-time link that sets the password."""
    _refuse_bad_account(email, name)
    password = _password_from_stdin() if password_stdin else None
    with told_in_one_line():
        prepare_database(get_db())
        person = create_admin(get_db(), email=email, name=name, password=password, at=utc_now())
    click.echo(f"administrator {person.email} is created")
    if password is None:
        click.echo(welcome_link(person))


@click.group()
def account() -> None:
    """Help people into their accounts."""


@account.command("link")
@click.argument("email")
@with_appcontext
def link(email: str) -> None:
    """Print a one-time link that sets a new password."""
    with told_in_one_line():
        person = get_account(get_db(), email)
    click.echo(welcome_link(person))


def _refuse_bad_account(email: str, name: str) -> None:
    local, at, domain = email.strip().partition("@")
    if not (local and at and domain) or " " in email.strip() or len(email) > 254:
        raise click.ClickException(f"{email!r} is no email address")
    if not 1 <= len(name.strip()) <= 100:
        raise click.ClickException("give a --name of 1 to 100 characters")


def _password_from_stdin() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < PASSWORD_LEAST:
        raise click.ClickException(f"the password needs at least {PASSWORD_LEAST} characters")
    return password


@click.command("check")
@click.option("--repair", is_flag=True, help="Rebuild what can be rebuilt, then check.")
@click.option("--scheduled", is_flag=True, help="Only if no instance did in the last 20 hours.")
@with_appcontext
def check_(repair: bool, scheduled: bool) -> None:  # noqa: FBT001
    """Prove that indexes and derived figures equal what the records say."""
    with told_in_one_line(), only_if_due("check", scheduled=scheduled) as due:
        if not due:
            return
        problems = check_and_note(get_db(), repair=repair)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        raise click.ClickException(f"{len(problems)} problems; `check --repair` rebuilds")
    click.echo("everything agrees with the records")


COMMANDS: tuple[click.Command, ...] = (
    database,
    curriculum,
    cohort,
    demo,
    admin,
    account,
    check_,
    backup,
)
