"""One error page for each meaning, mapped once."""

import traceback
from dataclasses import dataclass

from flask import Flask, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from blueprints.support.access import ask_to_sign_in
from blueprints.support.logs import log_line, request_id, whence
from tracker.errors import Conflict, NotFound, Refused

RETRY_SECONDS = 5
DOCUMENT_VALIDATION_FAILURE = 121


@dataclass(frozen=True)
class ErrorPage:
    """What an error page says: what happened, what to do now, and which line of the log tells."""

    code: int
    title: str
    remedy: str
    request_id: str | None = None


PAGES = {
    400: (
        _("This request could not be read"),
        _("Go back, reload the page and send it again; what you typed is kept in this browser."),
    ),
    403: (
        _("This is not open to you"),
        _("If you think it should be, ask the manager of your cohort."),
    ),
    404: (
        _("There is no such page"),
        _("Check the address, or start again from Today."),
    ),
    409: (
        _("Someone saved this in the meantime"),
        _("Go back, reload the page and save again; what you typed is kept in this browser."),
    ),
    413: (
        _("This is too large"),
        _(
            "Send less, or in parts: a text may have 200,000 characters, a file 2 MiB, and 50 files"
            " go in at once."
        ),
    ),
    429: (
        _("Too many tries"),
        _("Wait a minute, then try again."),
    ),
    500: (
        _("Something broke on our side"),
        _("It has been noted. Try again; what you typed is kept in this browser."),
    ),
    503: (
        _("The tracker cannot reach its records just now"),
        _("It tries again by itself. Reload in a few seconds; what you typed is kept here."),
    ),
}


def error_answer(code: int) -> ResponseReturnValue:
    """Return the error page; it asks the database nothing, so it comes even when that is away."""
    if code not in PAGES:
        code = 500 if code >= 500 else 400
    g._login_user = AnonymousUserMixin() if code >= 500 else g.get("_login_user")
    if g._login_user is None:
        g._login_user = AnonymousUserMixin()
    title, remedy = PAGES[code]
    quoted = request_id() if code >= 500 else None
    page = ErrorPage(code=code, title=str(title), remedy=str(remedy), request_id=quoted)
    response = make_response(render_template("errors/error.html", page=page), code)
    if code in {429, 503}:
        response.headers.setdefault("Retry-After", str(RETRY_SECONDS if code == 503 else 60))
    return response


def log_error(error: Exception) -> None:
    """Note the kind of error and where it came from; no message, no token of a link."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log_line().error(type(error).__name__, **whence(), exception=frames)


def on_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error.get_response()
    answer = make_response(error_answer(error.code or 500))
    if isinstance(error, MethodNotAllowed):
        answer.status_code = 405
        answer.allow.update(error.valid_methods or ())
    return answer


def on_missing_token(_error: CSRFError) -> ResponseReturnValue:
    """Send who was signed out meanwhile to sign in: the token went with the session."""
    view = current_app.view_functions.get(request.endpoint or "")
    if current_user.is_authenticated or getattr(view, "access", "") == "public":
        return error_answer(400)
    return ask_to_sign_in()


def on_broken(error: Exception) -> ResponseReturnValue:
    log_error(error)
    return error_answer(500)


def database_away(error: Exception) -> ResponseReturnValue:
    log_error(error)
    return error_answer(503)


def too_large(error: Exception) -> ResponseReturnValue:
    log_error(error)
    return error_answer(413)


def write_refused(error: Exception) -> ResponseReturnValue:
    """Call too large what a validator refused: ours bound every text."""
    refused = getattr(error, "code", None) == DOCUMENT_VALIDATION_FAILURE
    return too_large(error) if refused else on_broken(error)


def init_app(app: Flask) -> None:
    app.register_error_handler(CSRFError, on_missing_token)
    app.register_error_handler(NotFound, lambda _error: error_answer(404))
    app.register_error_handler(Refused, lambda _error: error_answer(403))
    app.register_error_handler(Conflict, lambda _error: error_answer(409))
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Exception, on_broken)
