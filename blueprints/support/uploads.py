"""Views that take more than a form's worth of bytes."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])


def takes_at_most(count: int) -> Callable[[View], View]:
    """Let the view's requests have this many bytes instead of MAX_CONTENT_LENGTH."""

    def declare(view: View) -> View:
        view.most_bytes = count  # type: ignore[attr-defined]
        return view

    return declare


def raise_limit() -> None:
    """Set the limit before anything reads the form, the check of its token included."""
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "most_bytes", None)
    if most is not None:
        request.max_content_length = request.max_form_memory_size = most


def init_app(app: Flask) -> None:
    app.before_request(raise_limit)
