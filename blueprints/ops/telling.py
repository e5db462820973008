"""How a command says that it could not do what it was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from tracker.errors import Conflict, Invalid, TrackerError


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
