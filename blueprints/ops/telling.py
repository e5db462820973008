"""How a command says what it did not do, and why."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from blueprints.support.database import get_db
from tracker.errors import Conflict, Invalid, TrackerError
from tracker.use_cases.jobs_of_the_day import of_the_day


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Turn what the domain refuses into one clear line and a failing exit."""
    try:
        yield
    except Invalid as error:
        raise click.ClickException("\n".join(error.problems)) from error
    except Conflict as error:
        raise click.ClickException("someone else changed the same; run it again") from error
    except TrackerError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def only_if_due(job: str, *, scheduled: bool) -> Iterator[bool]:
    """Give whether to do the job: by hand always, from a timer if no instance did today."""
    if not scheduled:
        yield True
        return
    with of_the_day(get_db(), job) as ours:
        if not ours:
            click.echo(f"another {job} was begun in the last 20 hours: nothing is done")
        yield ours
