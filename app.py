"""Wires Didim together: settings, database, blueprints. Nothing is decided here."""

from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from pymongo import MongoClient
from pymongo.errors import (
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    WriteConcernError,
    WriteError,
)
from werkzeug.middleware.proxy_fix import ProxyFix

from blueprints.auth import bp as auth
from blueprints.cohorts import bp as cohorts
from blueprints.comments import bp as comments
from blueprints.curriculum import bp as curriculum
from blueprints.dashboard import bp as dashboard
from blueprints.help import bp as help_pages
from blueprints.lessons import bp as lessons
from blueprints.ops import bp as ops
from blueprints.ops.commands import COMMANDS
from blueprints.people import bp as people
from blueprints.people.commands import people as people_command
from blueprints.posts import bp as posts
from blueprints.posts.commands import posts as posts_command
from blueprints.projects import bp as projects
from blueprints.retrospectives import bp as retrospectives
from blueprints.support import (
    access,
    assets,
    converters,
    errors,
    headers,
    languages,
    lesson_parts,
    limits,
    logs,
    metrics,
    sessions,
    uploads,
    viewing,
    words,
)
from config import Settings
from tracker.documents.commands_told import CommandsTold
from tracker.documents.schema import Document

BLUEPRINTS = (
    auth,
    cohorts,
    comments,
    curriculum,
    dashboard,
    help_pages,
    lessons,
    ops,
    people,
    posts,
    projects,
    retrospectives,
)
PARTS = (
    *(converters, sessions, languages, assets, headers, errors, limits, viewing, words),
    lesson_parts,
)
UNREACHABLE = (ConnectionFailure, ExecutionTimeout, WriteConcernError)
AWAY = 3_000  # milliseconds until a database that cannot be found is called away
STUCK = 10_000  # milliseconds until one that does not answer is


def create_app(
    config: Settings | None = None, client: MongoClient[Document] | None = None
) -> Flask:
    """Return the app. `client` must be tz-aware and write with majority and journal, as ours."""
    settings = config or Settings.from_env()
    app = Flask(__name__, static_folder=None)
    app.config.update(settings.for_flask())
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    client = client or connect(settings.mongodb_uri)
    app.extensions["didim_db"] = client[settings.mongodb_database]
    logs.init_app(app)  # first, so that it sees the whole of each request
    uploads.init_app(app)
    CSRFProtect(app)
    for part in PARTS:
        part.init_app(app)
    for error in UNREACHABLE:
        app.register_error_handler(error, errors.database_away)
    app.register_error_handler(DocumentTooLarge, errors.too_large)
    app.register_error_handler(WriteError, errors.write_refused)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in (*COMMANDS, people_command, posts_command):
        app.cli.add_command(command)
    access.refuse_undeclared_views(app)
    return app


def connect(uri: str) -> MongoClient[Document]:
    """Return a client that knows time zones and has every write journaled by a majority."""
    options: dict[str, Any] = {
        "tz_aware": True,
        "w": "majority",
        "journal": True,
        "serverSelectionTimeoutMS": AWAY,
        "connectTimeoutMS": AWAY,
        "socketTimeoutMS": STUCK,
        "event_listeners": [CommandsTold(metrics.command_done)],
    }
    return MongoClient(uri, **options)
