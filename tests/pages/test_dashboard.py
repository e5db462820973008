"""The dashboard as staff use it: the list, its rules, the filters, the files."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from datetime import timedelta
from random import Random

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast, make_cast
from tests.database import QUERIES
from tests.pages.browser import ENGLISH, check_page, sign_in
from tests.pages.table import COHORT
from tracker.clock import day_of, utc_now
from tracker.documents import cohorts, enrolments, people
from tracker.documents.schema import Db
from tracker.models import (
    CohortState,
    Curriculum,
    EnrolmentId,
    LogState,
    Role,
    Row,
    Status,
)
from tracker.reports.dashboards import glance_of, matrix_of
from tracker.rules.attention import Attention
from tracker.use_cases.joining import enrol
from tracker.use_cases.managing_people import set_joined_on, set_statuses
from tracker.use_cases.settling import settle_row

LIST = f"{COHORT}/dashboard/attention"
RULES = f"{COHORT}/dashboard/rules"
TYPED = {
    **{f"{rule}_on": "y" for rule in ("stuck", "silent", "behind", "falling")},
    "stuck_days": "2",
    "silent_days": "3",
    "behind_lessons": "5",
    "falling_by": "1.5",
    "snooze_days": "3",
    "revision": "0",
}


@pytest.fixture
def cast(db: Db) -> Cast:
    """The cast eight days ago, when Ada got stuck on SQL and fell silent; staff read English."""
    cast = make_cast(db, at=utc_now() - timedelta(days=8))
    cast.ada_logs(db, "sql", LogState.STUCK)
    return cast


@pytest.fixture
def ben(client: FlaskClient, cast: Cast) -> FlaskClient:
    sign_in(client, cast.ben)
    client.post("/preferences", data={"language": "en"})
    return client


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_ben_reads_why_ada_needs_him_and_opens_the_evidence(ben: FlaskClient, cast: Cast) -> None:
    page = check_page(ben.get(f"{COHORT}/dashboard"))
    assert "Ada Stuck for long Stuck on SQL" in words(page)
    assert f"/learners/{cast.ada_place.id}/lessons/sql" in page
    assert "All 3" in words(page)


def test_contacted_hides_the_row_undo_brings_it_back(ben: FlaskClient, cast: Cast) -> None:
    deed = f"{LIST}/{cast.ada_place.id}/stuck/contacted"
    answer = ben.post(deed, data={"next": LIST})
    assert answer.location == LIST
    page = check_page(ben.get(LIST))
    assert "contacted, hidden for 3 days" in page
    (undo,) = re.findall(r'action="([^"]*/undo)"', page)
    assert "Stuck on" not in page
    assert "Ben was in touch on" in check_page(ben.get(f"{LIST}?contacted=1"))
    ben.post(undo)
    assert "Stuck on" in check_page(ben.get(LIST))


def test_what_is_off_the_list_by_now_is_told_kindly(ben: FlaskClient, cast: Cast, db: Db) -> None:
    cast.ada_logs(db, "sql", LogState.DONE, revision=1)
    deed = f"{LIST}/{cast.ada_place.id}/stuck/contacted"
    assert "not on the list any more" in ben.post(deed, follow_redirects=True).text


def test_the_first_screen_is_bounded_and_the_list_comes_in_pages(
    ben: FlaskClient, cast: Cast, db: Db
) -> None:
    for n in range(30):
        new = people.add(db, email=f"{n}@example.com", name=f"N{n}", password_hash="", at=cast.at)
        enrol(db, cast.ai7, new.id, Role.LEARNER, by=cast.dana.id, at=cast.at - timedelta(days=24))
    first = check_page(ben.get(f"{COHORT}/dashboard"))
    assert "31 people" in words(first)
    assert "All 63" in words(first)
    rows = [first, *(check_page(ben.get(f"{LIST}?page={page}")) for page in (1, 3, 99))]
    assert [page.count('<li class="need">') for page in rows] == [8, 25, 13, 13]
    silent = check_page(ben.get(f"{LIST}?rule=silent&owner=none"))
    assert silent.count('<li class="need">') == 25
    assert "rule=silent" in re.findall(r'rel="next" href="([^"]*)"', silent)[0]


def test_an_archived_cohort_offers_nothing_to_do(ben: FlaskClient, cast: Cast, db: Db) -> None:
    cohorts.set_state(db, cast.ai7.id, CohortState.ARCHIVED)
    page = check_page(ben.get(LIST))
    assert "Stuck on" in page
    assert "/contacted" not in page.replace("?contacted", "")
    assert ben.post(f"{LIST}/{cast.ada_place.id}/stuck/contacted").status_code == 403
    assert ben.get(RULES).status_code == 403


@pytest.mark.parametrize("typed", ["", "two", "0", "99999999999999"])
def test_a_wrong_number_is_told_once_at_its_box(ben: FlaskClient, typed: str) -> None:
    data = {**TYPED, "stuck_days": typed, "falling_by": typed}
    page = check_page(ben.post(RULES, data=data), 422)
    told = re.findall(r'<p class="invalid-feedback"[^>]*>(.*?)</p>', page)
    points = "Give points from 0.3 to 4, such as 1.5."
    assert told == ["Give a number of days from 1 to 30.", points]
    assert page.count("Give a number of days") == 2  # the box, and the list above the form


def test_typed_rules_are_tried_before_they_are_saved(ben: FlaskClient, cast: Cast) -> None:
    typed = {**TYPED, "stuck_days": "30", "silent_days": "30", "behind_lessons": "100"}
    page = check_page(ben.post(RULES, data={**typed, "preview": "1"}))
    assert "the rules flag 0 of 1 learners" in words(page)
    assert 'value="30"' in page
    part = ben.post(RULES, data={**typed, "preview": "1"}, headers={"HX-Request": "true"})
    assert "flag 0 of 1" in words(part.text)
    assert "<html" not in part.text
    assert "All 3" in words(ben.get(f"{COHORT}/dashboard").text)  # nothing was saved
    ben.post(RULES, data=typed)
    assert "All 0" in words(ben.get(f"{COHORT}/dashboard").text)
    assert "silent for 30 days" in ben.get(f"{COHORT}/dashboard").text


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("stuck_days", "0", "from 1 to 30"),
        ("silent_days", "many", "from 1 to 30"),
        ("behind_lessons", "1" * 40, "from 1 to 100"),
        ("falling_by", "nan", "from 0.3 to 4"),
        ("falling_by", "", "from 0.3 to 4"),
        ("snooze_days", "-1", "from 1 to 30"),
    ],
)
def test_what_cannot_be_a_rule_is_named_and_kept(
    ben: FlaskClient, field: str, value: str, remedy: str
) -> None:
    page = check_page(ben.post(RULES, data={**TYPED, field: value}), 422)
    assert remedy in page
    assert f'href="#{field}"' in page
    part = ben.post(
        RULES, data={**TYPED, field: value, "preview": "1"}, headers={"HX-Request": "1"}
    )
    assert part.status_code == 422
    assert remedy in part.text


def test_the_older_of_two_forms_is_not_saved_over_the_newer(ben: FlaskClient) -> None:
    without_falling = {name: value for name, value in TYPED.items() if name != "falling_on"}
    assert ben.post(RULES, data={**without_falling, "stuck_days": "9"}).status_code == 302
    page = check_page(ben.post(RULES, data={**TYPED, "stuck_days": "7"}), 409)
    assert "Working days stuck on a lesson: 9" in words(page)
    assert "switched off: Understanding falling" in words(page)
    assert 'value="7"' in page
    assert ben.post(RULES, data={**TYPED, "stuck_days": "7", "revision": "1"}).status_code == 302


def test_the_coach_filter_holds_for_table_and_file(ben: FlaskClient, cast: Cast, db: Db) -> None:
    enrolments.set_coach(db, cast.ai7.id, [cast.ada_place.id], cast.ben_place.id)
    settle_row(db, cast.ada_place.id)
    for coach, there in ((cast.ben_place.id, True), (cast.dana_place.id, False), ("none", False)):
        page = check_page(ben.get(f"{COHORT}/dashboard?step=all&coach={coach}"))
        assert (f'<th scope="row"><a href="{COHORT}/learners/{cast.ada_place.id}"' in page) is there
        assert ("Ada" in ben.get(f"{COHORT}/dashboard/learners.csv?coach={coach}").text) is there


def test_files_hold_what_the_page_shows(ben: FlaskClient, cast: Cast) -> None:
    answer = ben.get(f"{COHORT}/dashboard/learners.csv?step=2")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=ai-7-learners.csv"
    head, ada = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert head[:3] == ["Name", "Coach", "Standing"]
    assert (ada[0], ada[2], ada[head.index("SQL")]) == ("Ada", "stuck", "Stuck")
    head, *rows = csv.reader(io.StringIO(ben.get(f"{LIST}.csv").data.decode("utf-8-sig")))
    assert [row[:2] for row in rows] == [
        ["Ada", "Stuck for long"],
        ["Ada", "Silent"],
        ["Ada", "Behind schedule"],
    ]
    for what in ("lessons", "burn-up", "steps", "projects", "attention", "learners"):
        assert ben.get(f"{COHORT}/dashboard/{what}.xlsx").data.startswith(b"PK")
    assert ben.get(f"{COHORT}/dashboard/people.csv").status_code == 404


def test_dana_sees_her_cohorts_side_by_side_and_no_other(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    sign_in(client, cast.dana)
    text = client.get("/overview.csv").data.decode("utf-8-sig")
    (_, row) = csv.reader(io.StringIO(text))
    assert row[:6] == ["AI 7기", "1", "0", "1", "0", "1"]
    enrol(db, cast.web3, cast.dana.id, Role.MANAGER, by=cast.dana.id, at=cast.at)
    client.get("/overview")
    QUERIES.names.clear()
    page = check_page(client.get("/overview"))
    assert "AI 7기" in page
    assert "웹 3기" in page
    assert len(QUERIES.names) <= 4, QUERIES.names


def test_who_begins_later_is_told_of_before_the_cohort_begins_too(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    new = people.add(db, email="eve@example.org", name="Eve", password_hash="", at=cast.at)
    place = enrol(db, cast.ai7, new.id, Role.LEARNER, by=cast.dana.id, at=cast.at)
    sign_in(client, cast.dana)
    client.post("/preferences", data={"language": "en"})
    assert "1 learner begins on" not in client.get(f"{COHORT}/dashboard").text
    dana, day = cast.reader("dana"), day_of(utc_now(), "Asia/Seoul") + timedelta(days=2)
    set_joined_on(db, dana, place.id, day, at=utc_now())
    page = words(check_page(client.get(f"{COHORT}/dashboard")))
    assert "1 learner begins on" in page
    assert "1 learners" in page
    set_joined_on(db, dana, cast.ada_place.id, day + timedelta(days=1), at=utc_now())
    page = words(check_page(client.get(f"{COHORT}/dashboard")))
    assert "2 learners are still to begin" in page
    assert "No learner" not in page
    assert "0 2 from" in words(check_page(client.get("/overview")))


def test_an_archived_cohort_without_learners_invites_nobody(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    dana = cast.reader("dana")
    set_statuses(db, dana, [cast.ada_place.id], Status.DROPPED, reason="", at=cast.at)
    sign_in(client, cast.dana)
    assert f"{COHORT}/invites" in check_page(client.get(f"{COHORT}/dashboard"))
    cohorts.set_state(db, cast.ai7.id, CohortState.ARCHIVED)
    assert f"{COHORT}/invites" not in check_page(client.get(f"{COHORT}/dashboard"))


def test_the_dashboard_asks_at_most_four_times(ben: FlaskClient, cast: Cast, db: Db) -> None:
    ben.get(f"{COHORT}/dashboard")
    cast.ada_logs(db, "python", LogState.DONE)
    QUERIES.names.clear()
    check_page(ben.get(f"{COHORT}/dashboard"))
    assert len(QUERIES.names) <= 4, QUERIES.names


def test_the_lesson_tells_staff_alone_how_it_went(ben: FlaskClient, cast: Cast) -> None:
    assert "What learners said" in check_page(ben.get(f"{COHORT}/lessons/sql"))
    ben.post("/logout")
    sign_in(ben, cast.ada)
    assert "What learners said" not in check_page(ben.get(f"{COHORT}/lessons/sql", headers=ENGLISH))


def test_matrix_json_of_1000_learners_and_200_lessons_fits_into_70_kb(cast: Cast) -> None:
    random = Random(7)
    lesson = cast.lessons["sql"]
    lessons = tuple(
        lesson.__class__(
            **{**vars(lesson), "cell": n, "position": n, "slug": f"l-{n}", "title": f"과목 {n}"}
        )
        for n in range(200)
    )
    coaches = [EnrolmentId(f"{random.getrandbits(96):024x}") for _ in range(20)]
    rows = [
        Row(
            enrolment_id=EnrolmentId(f"{random.getrandbits(96):024x}"),
            name=f"수강생 {n}",
            status=Status.ACTIVE,
            joined_on=cast.ai7.starts_on,
            marks="".join(random.choices("+-!.", (80, 8, 4, 8), k=random.randint(120, 140))),
            logged_at=cast.at,
            coach_id=random.choice(coaches),
        )
        for n in range(1000)
    ]
    today = day_of(cast.at, "Asia/Seoul")
    glance = glance_of(rows, Curriculum((), lessons, ()), cast.ai7, Attention(), today=today)
    size = len(gzip.compress(json.dumps(matrix_of(glance, cast.ai7)).encode(), 6))
    assert size < 70_000, size
