"""`flask backup …`: makes, lists, proves and restores backups."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask.cli import with_appcontext

from blueprints.ops.telling import only_if_due, told_in_one_line
from blueprints.support.database import get_db
from tracker.backups.bucket import Bucket
from tracker.backups.chunks import read_key
from tracker.backups.keeping import DATABASE, keep_from
from tracker.clock import utc_now
from tracker.use_cases.backing_up import back_up, place_at, prove
from tracker.use_cases.restoring import restore

ROOT = Path(__file__).resolve().parents[2]
KEY = click.option(
    "--key-file", default="", envvar="BACKUP_KEY_FILE", help="Holds 32 bytes in base64."
)
WORK = click.option(
    "--work",
    default="instance",
    envvar="INSTANCE_PATH",
    type=click.Path(path_type=Path),
    help="Where a file waits on its way to or from S3.",
)


@click.group()
def backup() -> None:
    """Make backups and bring them back. A place is a folder or s3://bucket/prefix."""


@backup.command("create")
@click.argument("place", envvar="BACKUP_DESTINATION")
@click.option(
    "--keep",
    default="7,4,6",
    show_default=True,
    envvar="BACKUP_KEEP",
    help="Days, weeks and months of which the newest stays, or all.",
)
@click.option("--scheduled", is_flag=True, help="Only if no instance did in the last 20 hours.")
@KEY
@WORK
@with_appcontext
def create(place: str, keep: str, scheduled: bool, key_file: str, work: Path) -> None:  # noqa: FBT001
    """Put a backup of the database into PLACE, while people work."""
    with told_in_one_line(), only_if_due("backup", scheduled=scheduled) as due:
        if not due:
            return
        made = back_up(
            get_db(),
            place_at(place),
            key=_key(key_file),
            keep=keep_from(keep),
            work=work / "backups",
            app=_version(),
            at=utc_now(),
        )
    for name in made.removed:
        click.echo(f"removed {name}")
    documents = sum(made.counts.values())
    click.echo(f"{made.address}: {documents:,} documents, {made.size / 1e6:.1f} MB, read back")


@backup.command("list")
@click.argument("place", envvar="BACKUP_DESTINATION")
@with_appcontext
def list_(place: str) -> None:
    """Name the backups in PLACE, the oldest of each database first."""
    with told_in_one_line():
        there = place_at(place)
        sizes = {name: there.size(name) for name in there.names()}
    for name, size in sizes.items():
        click.echo(f"{there}/{name}  {size / 1e6:.1f} MB")


@backup.command("verify")
@click.argument("source")
@KEY
@WORK
@with_appcontext
def verify(source: str, key_file: str, work: Path) -> None:
    """Read a whole backup and prove that it is what was written."""
    with told_in_one_line(), _at_hand(source, work) as path:
        counts = prove(path, _key(key_file))
    for name, count in counts.items():
        click.echo(f"{count:>9,}  {name}")
    click.echo("the file is whole")


@backup.command("restore")
@click.argument("source")
@click.option("--into", default="", help="Name of another database on the same server.")
@KEY
@WORK
@with_appcontext
def restore_(source: str, into: str, key_file: str, work: Path) -> None:
    """Bring a backup into an empty database, and check it."""
    if into and not DATABASE.fullmatch(into):
        raise click.ClickException(f"{into!r} is no name of a database: letters, digits, - and _")
    target = get_db().client[into] if into else get_db()
    with told_in_one_line(), _at_hand(source, work) as path:
        restored = restore(target, path, key=_key(key_file))
    for problem in restored.problems:
        click.echo(problem)
    if restored.problems:
        raise click.ClickException(f"{len(restored.problems)} problems are left in {target.name}")
    if restored.left_out:
        click.echo(f"left out: {restored.left_out} that took another's place during the backup")
    documents = sum(restored.counts.values())
    click.echo(f"{target.name}: {documents:,} documents; everything agrees with the records")


@contextmanager
def _at_hand(source: str, work: Path) -> Iterator[Path]:
    """Give the backup as a file on this machine."""
    parent, _, name = source.rpartition("/")
    there = place_at(parent or ".")
    if not isinstance(there, Bucket):
        yield Path(source)
        return
    work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=work) as folder:
        yield there.fetch(name, Path(folder))


def _key(file: str) -> bytes | None:
    return read_key(Path(file)) if file else None


def _version() -> str:
    """Return the version of Didim that runs."""
    found = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    return found[1] if found else "?"
