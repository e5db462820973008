"""Who may enter a view. Every view declares it; the app refuses to start if one does not."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import Forbidden

from blueprints.support.database import get_db
from blueprints.support.debts import caught_up
from tracker.errors import NotFound
from tracker.models import Enrolment, Person, Reader
from tracker.permissions import Permission, may
from tracker.reports.membership import find_cohort, reader_in

View = TypeVar("View", bound=Callable[..., Any])


class UndeclaredView(RuntimeError):
    """A view does not say who may enter."""


def public(view: View) -> View:
    """Let everyone in."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Let in whoever has signed in."""

    @wraps(view)
    def guarded(**values: Any) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return ask_to_sign_in()
        answer: ResponseReturnValue = view(**values)
        return answer

    guarded.access = "signed in"  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def requires(permission: Permission) -> Callable[[View], View]:
    """Let in the members of `<cohort>` whose role allows this.

    A stranger gets 404, as if there were no such cohort; a member who may not gets 403.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*, cohort: str, **values: Any) -> ResponseReturnValue:
            g.cohort = find_cohort(get_db(), cohort)
            if not current_user.is_authenticated:
                return ask_to_sign_in()
            if g.cohort is None:
                raise NotFound("cohort", cohort)
            g.reader = reader_in(current_person(), g.cohort)
            if not may(g.reader, permission):
                raise Forbidden
            g.reader = caught_up(g.reader)
            answer: ResponseReturnValue = view(cohort=cohort, **values)
            return answer

        guarded.access = permission.value  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


def ask_to_sign_in() -> ResponseReturnValue:
    """Send a stranger to the sign-in page and, from there, back to the page they were on."""
    back = request.full_path.rstrip("?") if request.method == "GET" else page_before()
    address = url_for("auth.login", next=back)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address)


def page_before() -> str:
    """Return the path of the page whose form was sent, "/" if the browser does not say."""
    referrer = request.referrer or ""
    root = request.url_root
    return "/" + referrer.removeprefix(root) if referrer.startswith(root) else "/"


def current_person() -> Person:
    """Return who is signed in, or through whose eyes they look; for views that are not public."""
    person: Person = g.get("viewed") or current_user.person
    return person


def current_reader() -> Reader:
    """Return who reads, as a member of the view's cohort."""
    reader: Reader = g.reader
    return reader


def own_enrolment() -> Enrolment:
    """Return the learner's own place; 403 for staff, who have no log of their own."""
    enrolment = current_reader().enrolment
    if enrolment is None:
        raise Forbidden
    return enrolment


def refuse_undeclared_views(app: Flask) -> None:
    """Raise UndeclaredView naming every endpoint that does not say who may enter."""
    silent = [name for name, view in app.view_functions.items() if not hasattr(view, "access")]
    if silent:
        raise UndeclaredView(f"who may enter? {', '.join(sorted(silent))}")
