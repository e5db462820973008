"""What the bench measures against: a bare Flask app that does one thing at a time.

Served by gunicorn as Didim is, over the same database: `bench.floors:create_app()`.
"""

import os
from pathlib import Path

from flask import Flask, Response
from flask_login import LoginManager, UserMixin, login_required
from pymongo import MongoClient

from tests.browser.server import SECRET_KEY

RENDER = """<!doctype html><title>{{ cohort.name }}</title>
<h1>{{ cohort.name }}</h1><p>{{ cohort.track }}, {{ cohort.starts_on }} to {{ cohort.ends_on }}</p>
<ul>{% for day in cohort.holidays %}<li>{{ day }}</li>{% endfor %}</ul>"""
ROWS = """<!doctype html><title>rows</title><table>
{% for log in rows %}<tr><td>{{ loop.index }}</td><td>{{ log.state }}</td>
<td>{{ log.line }}</td><td>{{ log.minutes }}</td></tr>{% endfor %}</table>"""


def known_user(session_id: str) -> UserMixin:
    """Return whoever has a signed session, without a look into the database."""
    user = UserMixin()
    user.id = session_id
    return user


def create_app() -> Flask:
    """Return the app; DIDIM_BENCH_BYTES names a file that /bytes serves from memory."""
    app = Flask(__name__)
    render, rows = (app.jinja_env.from_string(text) for text in (RENDER, ROWS))
    client: MongoClient[dict[str, object]] = MongoClient(os.environ["MONGODB_URI"], tz_aware=True)
    db = client[os.environ["MONGODB_DATABASE"]]
    body = Path(os.environ["DIDIM_BENCH_BYTES"]).read_bytes()
    slug = os.environ["DIDIM_BENCH_COHORT"]
    app.secret_key = SECRET_KEY
    LoginManager(app).user_loader(known_user)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    @app.get("/bytes")
    def same_bytes() -> Response:
        return Response(body, content_type="text/html")

    @app.get("/find")
    def find_and_render() -> str:
        return render.render(cohort=db.cohorts.find_one({"slug": slug}))

    @app.get("/signed-in")
    @login_required  # type: ignore[untyped-decorator]
    def find_and_render_for_a_person() -> str:
        return find_and_render()

    @app.get("/rows")
    def find_and_list() -> str:
        found = db.bench_rows.find_one({"_id": "rows"})
        return rows.render(rows=found["rows"] if found else [])

    return app
