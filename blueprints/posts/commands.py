"""Posts in and out from the command line, by the rules of the pages."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from blueprints.support.database import get_db
from tracker.clock import utc_now
from tracker.errors import Invalid, NotFound
from tracker.models import Curriculum, Enrolment, LogState, Reader, Visibility
from tracker.reports.membership import curriculum_of, reader_by_email
from tracker.reports.posts_out import PostView, files_of
from tracker.use_cases.filing_posts import file_post
from tracker.use_cases.importing_posts import confirm_post, draft_post, proposed_post

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PROBLEMS = {
    "too_large": "it is more than 2 MiB; split it",
    "not_text": "it is neither UTF-8 nor CP949 text; save it as UTF-8",
    "empty": "there is nothing in it",
    "too_many_headings": "it has more than 500 headings; split it",
}


@click.group()
def posts() -> None:
    """Read Markdown posts, and write them."""


@posts.command("import")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--cohort", required=True, metavar="SLUG")
@click.option("--learner", required=True, metavar="EMAIL")
@click.option("--dry-run", is_flag=True, help="Show where each part would go; write nothing.")
@click.option(
    "--comments-for",
    type=click.Choice([value.value for value in Visibility]),
    default=Visibility.ME.value,
    show_default=True,
    help="Who can read the post's comments.",
)
@with_appcontext
def import_(
    files: tuple[Path, ...],
    cohort: str,
    learner: str,
    dry_run: bool,  # noqa: FBT001  click passes it by name
    comments_for: str,
) -> None:
    """File the parts of Markdown posts as a learner's logs, comments and look back."""
    reader, enrolment = _learner(cohort, learner)
    curriculum = curriculum_of(get_db(), reader.cohort)
    failed = 0
    for file in files:
        try:
            _import_file(file, enrolment, curriculum, Visibility(comments_for), dry_run=dry_run)
        except Invalid as error:
            click.echo(f"{file.name}: {PROBLEMS[error.problems[0]]}", err=True)
            failed += 1
    if failed:
        raise click.ClickException(f"{failed} of {len(files)} files were not read")


@posts.command("export")
@click.option("--cohort", required=True, metavar="SLUG")
@click.option("--learner", required=True, metavar="EMAIL")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def export(cohort: str, learner: str, out: Path) -> None:
    """Write the learner's posts into a folder as Markdown files."""
    reader, enrolment = _learner(cohort, learner)
    files = files_of(get_db(), reader.cohort, enrolment)
    out.mkdir(parents=True, exist_ok=True)
    for file in files:
        (out / file.name).write_bytes(file.text.encode())
        click.echo(str(out / file.name))
    if not files:
        click.echo("nothing to export yet")


def _learner(cohort: str, email: str) -> tuple[Reader, Enrolment]:
    try:
        reader = reader_by_email(get_db(), cohort, email)
    except NotFound as error:
        raise click.ClickException(f"no learner {email} in the cohort {cohort}") from error
    if reader.enrolment is None or reader.is_staff:
        raise click.ClickException(f"{email} is no learner of {cohort}")
    return reader, reader.enrolment


def _import_file(
    file: Path,
    enrolment: Enrolment,
    curriculum: Curriculum,
    comments_for: Visibility,
    *,
    dry_run: bool,
) -> None:
    data, at = file.read_bytes(), utc_now()
    if dry_run:
        _tell(
            file.name, proposed_post(data, curriculum, enrolment, name=file.name, at=at), curriculum
        )
        click.echo("dry run: nothing was written")
        return
    draft, _new = draft_post(get_db(), enrolment, curriculum, file_name=file.name, data=data, at=at)
    if draft.state != "draft":
        click.echo(f"{file.name}: is in already; nothing was changed")
        return
    begun = confirm_post(
        get_db(),
        enrolment,
        curriculum,
        draft.id,
        places={},
        step_number=draft.step_number,
        comments_for=comments_for,
        log_state=LogState.DONE,
    )
    file_post(get_db(), enrolment, curriculum, begun, at=at)
    _tell(file.name, begun, curriculum)


def _tell(name: str, post: PostView, curriculum: Curriculum) -> None:
    """Say where each part goes."""
    step = "" if post.step_number is None else f", STEP {post.step_number}"
    click.echo(f"{name}: “{post.title}”{step}")
    titles: dict[str, str] = {lesson.id: lesson.title for lesson in curriculum.lessons}
    titles |= {project.id: project.title for project in curriculum.projects}
    for part in post.parts:
        place = part.kind.replace("_", " ")
        about = f" {titles.get(part.target, '')}" if part.target else ""
        match = f" ({part.score:.0%})" if part.kind != "unfiled" else ""
        click.echo(f"  {part.heading or '(beginning)'} → {place}{about}{match}")
