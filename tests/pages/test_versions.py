"""Ada saves her log again: what it said before can be read, by her and by staff."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from tests.cast import Cast
from tests.pages.browser import check_page, sign_in
from tracker.documents import log_revisions
from tracker.documents.schema import Db
from tracker.models import LogState, Person
from tracker.reports.learners import log_of

NOTE = "# <b>first</b>\n\n- tries"


def pages_of(client: FlaskClient, cast: Cast, person: Person) -> tuple[str, str]:
    """Return the page of Ada's log on SQL and that of its former versions, as someone sees them."""
    sign_in(client, person)
    client.post("/preferences", data={"language": "en"})
    log = f"/cohorts/ai-7/learners/{cast.ada_place.id}/lessons/sql"
    seen = check_page(client.get(log)), check_page(client.get(f"{log}/versions"))
    assert f'href="{log}/versions"' in seen[0]
    assert f'href="{log}"' in seen[1]
    client.post("/logout")
    return seen


def test_former_versions_are_read_the_newest_first(client: FlaskClient, db: Db, cast: Cast) -> None:
    cast.ada_logs(db, "sql", LogState.STUCK, line="=1", note=NOTE, key_points=("inner",))
    cast.ada_logs(db, "sql", LogState.IN_PROGRESS, line="getting there", revision=1)
    cast.ada_logs(db, "sql", line="joins at last", revision=2)

    for person in (cast.ada, cast.ben):
        _log, page = pages_of(client, cast, person)
        assert re.findall(r'<h2[^>]* id="version-(\d+)"', page) == ["2", "1"]
        assert "# &lt;b&gt;first&lt;/b&gt;\n\n- tries" in page
        for words in ("getting there", "=1", "<li>inner</li>", "Stuck", "In progress"):
            assert words in page
        assert "joins at last" not in page


def test_an_empty_page_says_how_a_version_comes_to_be(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    empty = "Each time the log is saved again"
    assert empty in pages_of(client, cast, cast.ben)[1]
    cast.ada_logs(db, "sql")
    assert empty in pages_of(client, cast, cast.ben)[1]
    cast.ada_logs(db, "sql", line="joins", revision=1)
    assert empty not in pages_of(client, cast, cast.ben)[1]


def test_the_last_hundred_versions_are_shown(client: FlaskClient, db: Db, cast: Cast) -> None:
    cast.ada_logs(db, "sql")
    cast.ada_logs(db, "sql", revision=1)
    log = log_of(db, cast.ada_place, cast.lessons["sql"])
    assert log is not None
    (former,) = db[log_revisions.NAME].find()
    more = ({**former, "_id": f"{log.id}:{n}", "revision": n} for n in range(2, 102))
    db[log_revisions.NAME].insert_many(more)

    _log, page = pages_of(client, cast, cast.ada)

    assert [int(n) for n in re.findall(r'id="version-(\d+)"', page)] == list(range(101, 1, -1))
