"""Dana reads who did what, and takes it along as a file; what was written stands nowhere."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.database import QUERIES
from tests.pages.browser import check_page, sign_in
from tracker.clock import day_of, utc_now
from tracker.documents import activity, people
from tracker.documents.schema import Db
from tracker.models import LogState, Role
from tracker.use_cases.joining import enrol

ADDRESS = "/cohorts/ai-7/activity"


@pytest.fixture
def dana(client: FlaskClient, cast: Cast) -> FlaskClient:
    sign_in(client, cast.dana)
    client.post("/preferences", data={"language": "en"})
    return client


def rows_on(page: str) -> list[list[str]]:
    """Return the cells of each row, the first (the time) left out."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.S)[1:]
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td>(.*?)</td>", row, re.S)][
            1:
        ]
        for row in rows
    ]


def test_who_did_what_stands_there_with_names_the_newest_first(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    cast.ada_logs(db, "sql", LogState.STUCK, line="my secret line")
    dana.post("/cohorts/ai-7/people/status", data={"id": cast.ben_place.id, "status": "graduated"})
    page = check_page(dana.get(ADDRESS))
    assert rows_on(page) == [
        ["Dana", "set the status: graduated", "Ben", ""],
        ["Ada", "saved a record", "Ada", "SQL"],
    ]
    assert "my secret line" not in page


def test_days_person_and_kind_narrow_it(dana: FlaskClient, db: Db, cast: Cast) -> None:
    cast.ada_logs(db, "sql")
    today = day_of(utc_now(), "Asia/Seoul")
    ago = (today - timedelta(days=30)).isoformat()
    everything = rows_on(dana.get(f"{ADDRESS}?first={ago}").text)
    assert [row[1] for row in everything] == ["saved a record", "joined", "joined", "joined"]
    only_ada = rows_on(dana.get(f"{ADDRESS}?first={ago}&person={cast.ada.id}").text)
    assert [row[0] for row in only_ada] == ["Ada"]
    joined = rows_on(dana.get(f"{ADDRESS}?first={ago}&verb=joined").text)
    assert {row[2] for row in joined} == {"Ada", "Ben", "Dana"}
    yesterday = (today - timedelta(days=1)).isoformat()
    page = check_page(dana.get(f"{ADDRESS}?first={ago}&last={yesterday}"))
    assert "saved a record" not in [row[1] for row in rows_on(page)]
    assert "Nothing of this happened" in dana.get(f"{ADDRESS}?verb=archived").text


@pytest.mark.parametrize(
    "query",
    [
        "first=5+March",
        "last=",
        "first=2031-03-05&last=2031-03-04",
        "first=2000-01-01",
        "last=9999-12-31",
    ],
)
def test_days_that_cannot_be_asked_for_are_refused_as_typed(
    dana: FlaskClient, cast: Cast, query: str
) -> None:
    page = check_page(dana.get(f"{ADDRESS}?{query}"), 422)
    assert 'role="alert"' in page
    check_page(dana.get(f"{ADDRESS}.csv?{query}"), 422)


def test_a_busy_day_has_pages_and_no_deed_is_lost_between_them(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    subjects = [f"comment:{number}" for number in range(250)]
    activity.add_many(
        db, "commented", subjects, cohort_id=cast.ai7.id, by=cast.ada.id, at=utc_now()
    )
    address = f"{ADDRESS}?verb=commented"
    counts = []
    dana.get(address)  # the cohort's debts are looked for when it is first opened
    for page in (1, 2, 3):
        QUERIES.names.clear()
        text = check_page(dana.get(f"{address}&page={page}"))
        assert len(QUERIES.names) <= 6
        counts.append(len(rows_on(text)))
    assert counts == [100, 100, 50]
    assert 'rel="next"' not in text


def test_the_file_says_the_same_and_runs_nothing(dana: FlaskClient, db: Db, cast: Cast) -> None:
    eve = people.add(db, email="e@example.org", name="=1+1", password_hash="", at=utc_now())
    enrol(db, cast.ai7, eve.id, Role.LEARNER, by=eve.id, at=utc_now())
    answer = dana.get(f"{ADDRESS}.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["When", "Who", "What", "Whom it is about", "Lesson"]
    assert rows[1][1:] == ["'=1+1", "joined", "'=1+1", ""]


def test_another_cohort_is_not_in_it(dana: FlaskClient, db: Db, cast: Cast) -> None:
    page = dana.get(f"{ADDRESS}?person={cast.cleo.id}").text
    assert rows_on(page) == []
    assert "Cleo" not in page
