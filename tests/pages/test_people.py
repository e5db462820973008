"""Dana looks after the people of her cohort: status, coach, joining day, another cohort."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast
from tests.crashing import Killed, dying_at
from tests.pages.browser import check_page, sign_in
from tracker.clock import utc_now
from tracker.documents import enrolments, lesson_logs, marks, people
from tracker.documents.schema import Db
from tracker.models import Enrolment, LogState, Person, Role, Status
from tracker.use_cases.accounts import create_admin
from tracker.use_cases.checking import check
from tracker.use_cases.joining import enrol
from tracker.use_cases.managing_people import assign_coach, hand_over

ADDRESS = "/cohorts/ai-7/people"


def enrolled(db: Db, cast: Cast, name: str, role: Role = Role.LEARNER) -> Enrolment:
    person = people.add(
        db, email=f"{name.lower()}@example.com", name=name, password_hash="", at=cast.at
    )
    return enrol(db, cast.ai7, person.id, role, by=cast.dana.id, at=cast.at)


def enter(client: FlaskClient, person: Person, password: str = PASSWORD) -> None:
    sign_in(client, person, password)
    client.post("/preferences", data={"language": "en"})


def names_on(client: FlaskClient, query: str = "") -> list[str]:
    page = check_page(client.get(f"{ADDRESS}?{query}"))
    return re.findall(r'/people/[0-9a-f]{24}">([^<]+)</a>', page)


def row_of(db: Db, place: Enrolment) -> tuple[str, str | None, str]:
    """Return status, coach and joining day in the learner's row of figures."""
    row = marks.find_rows(db, [place]).get(place.id)
    assert row is not None
    return str(row.status), row.coach_id, row.joined_on.isoformat()


def test_everybody_stands_in_the_list_with_role_status_and_coach(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    assign_coach(db, cast.reader("dana"), [cast.ada_place.id], cast.ben_place.id, at=cast.at)
    enter(client, cast.ben)
    assert names_on(client) == ["Ben", "Dana", "Ada"]
    page = client.get(ADDRESS).text
    assert "ada@example.com" in page
    assert "Set status" not in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("role=coach", ["Ben"]),
        ("text=ADA%40", ["Ada"]),
        ("text=nobody", []),
        ("coach=none", ["Eve"]),
        ("coach=BEN", ["Ada"]),
        ("status=paused", []),
        ("status=%24ne&role=x&coach=%00&page=-5", ["Ben", "Dana", "Ada", "Eve"]),
    ],
)
def test_the_list_shows_whom_the_filter_leaves(
    client: FlaskClient, db: Db, cast: Cast, query: str, names: list[str]
) -> None:
    enrolled(db, cast, "Eve")
    assign_coach(db, cast.reader("dana"), [cast.ada_place.id], cast.ben_place.id, at=cast.at)
    enter(client, cast.ben)
    assert names_on(client, query.replace("BEN", cast.ben_place.id)) == names


def test_a_long_list_has_pages(client: FlaskClient, db: Db, cast: Cast) -> None:
    for number in range(60):
        enrolled(db, cast, f"Learner {number:02}")
    enter(client, cast.dana)
    assert len(names_on(client)) == 50
    assert len(names_on(client, "page=2")) == 13


def test_dana_pauses_several_at_once_and_the_figures_follow(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    eve = enrolled(db, cast, "Eve")
    enter(client, cast.dana)
    chosen = {"id": [cast.ada_place.id, eve.id], "status": "paused", "reason": "Flood"}
    assert client.post(f"{ADDRESS}/status", data=chosen).status_code == 302
    assert [row_of(db, place)[0] for place in (cast.ada_place, eve)] == ["paused", "paused"]
    history = check_page(client.get(f"{ADDRESS}/{eve.id}"))
    assert re.search(
        r"<strong>Paused</strong>.*?Dana · Flood.*?<strong>Active</strong>", history, re.S
    )
    told = [each["verb"] for each in db["activity"].find({"subject": f"enrolment:{eve.id}"})]
    assert told == ["joined", "set_paused"]
    assert "Flood" not in str(list(db["activity"].find()))
    assert check(db) == []


def test_everyone_whom_the_filter_leaves_can_be_chosen(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    eve = enrolled(db, cast, "Eve")
    enter(client, cast.dana)
    filters = "role=learner&text=%0d%0a&page=2&x=y"
    data = {"everyone": "1", "filters": filters, "status": "graduated"}
    assert client.post(f"{ADDRESS}/status", data=data).location == f"{ADDRESS}?role=learner"
    places = {one.id: one.status for one in enrolments.list_for_cohort(db, cast.ai7.id)}
    graduated = {key for key, status in places.items() if status is Status.GRADUATED}
    assert graduated == {cast.ada_place.id, eve.id}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"status": "paused", "reason": "Flood"}, "Nobody is chosen"),
        ({"id": "ADA", "status": "paused", "reason": " "}, "Say in a few words why"),
        ({"id": "ADA", "status": "dropped", "reason": "x" * 301}, "At most 300"),
        ({"id": "ADA", "status": "gone", "reason": "Flood"}, "Not a valid choice"),
        ({"id": "DANA", "status": "paused", "reason": "Flood"}, "your own status"),
    ],
)
def test_a_status_that_cannot_be_set_is_refused_and_kept(
    client: FlaskClient, db: Db, cast: Cast, data: dict[str, str], said: str
) -> None:
    enter(client, cast.dana)
    ids = {"ADA": cast.ada_place.id, "DANA": cast.dana_place.id}
    sent = {**data, "id": ids.get(data.get("id", ""), "")}
    page = check_page(client.post(f"{ADDRESS}/status", data=sent), 422)
    assert said in page
    assert data["reason"].strip() in page
    assert enrolments.get(db, cast.ada_place.id).is_active


def test_a_place_of_another_cohort_is_not_there(client: FlaskClient, db: Db, cast: Cast) -> None:
    enter(client, cast.dana)
    data = {"id": [cast.ada_place.id, cast.cleo_place.id], "status": "graduated"}
    check_page(client.post(f"{ADDRESS}/status", data=data), 404)
    assert enrolments.get(db, cast.cleo_place.id).is_active
    assert enrolments.get(db, cast.ada_place.id).is_active
    data = {"id": cast.ada_place.id, "coach": cast.cleo_place.id}
    check_page(client.post(f"{ADDRESS}/coach", data=data), 422)


def test_a_coach_is_assigned_and_hands_over_all_learners(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    eve, finn = enrolled(db, cast, "Eve"), enrolled(db, cast, "Finn", Role.COACH)
    enter(client, cast.dana)
    both = {"id": [cast.ada_place.id, eve.id], "coach": cast.ben_place.id}
    client.post(f"{ADDRESS}/coach", data=both)
    assert {row_of(db, place)[1] for place in (cast.ada_place, eve)} == {cast.ben_place.id}
    assert "Ben (2)" in check_page(client.get(ADDRESS))
    client.post(f"{ADDRESS}/handover", data={"of": cast.ben_place.id, "coach": finn.id})
    assert {row_of(db, place)[1] for place in (cast.ada_place, eve)} == {finn.id}
    client.post(f"{ADDRESS}/coach", data={"id": eve.id, "coach": ""})
    assert row_of(db, eve)[1] is None
    assert check(db) == []


@pytest.mark.parametrize("answered", [False, True])
def test_a_hand_over_that_was_killed_is_repeated(db: Db, cast: Cast, answered: bool) -> None:
    eve, finn = enrolled(db, cast, "Eve"), enrolled(db, cast, "Finn", Role.COACH)
    dana = cast.reader("dana")
    for number in range(1, 6):
        assign_coach(db, dana, [cast.ada_place.id, eve.id], cast.ben_place.id, at=cast.at)
        target = dying_at(db, number, answered=answered)
        with pytest.raises(Killed):
            hand_over(target, dana, cast.ben_place.id, finn.id, at=cast.at)
        hand_over(db, dana, cast.ben_place.id, finn.id, at=cast.at)
        assert check(db, repair=True) == []
        assert {row_of(db, place)[1] for place in (cast.ada_place, eve)} == {finn.id}


def test_a_late_joiner_is_measured_from_the_day_that_dana_gives(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    enter(client, cast.dana)
    address = f"{ADDRESS}/{cast.ada_place.id}"
    day = (cast.ai7.starts_on + timedelta(days=13)).isoformat()
    assert client.post(f"{address}/joined", data={"joined_on": day}).location == address
    assert row_of(db, cast.ada_place)[2] == day
    page = check_page(client.get(f"/cohorts/ai-7/learners/{cast.ada_place.id}"))
    assert "0 / 3" in page
    client.post("/logout")
    sign_in(client, cast.ada)
    assert "steps/1/retrospective" not in check_page(client.get("/"))


def test_links_in_a_line_stand_apart(client: FlaskClient, cast: Cast) -> None:
    enter(client, cast.dana)
    page = check_page(client.get(f"{ADDRESS}/{cast.ada_place.id}"))
    assert "All logs of Ada · Activity" in " ".join(re.sub(r"<[^>]+>", "", page).split())


def test_a_joining_day_is_one_on_which_the_cohort_still_runs(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    enter(client, cast.dana)
    address, last = f"{ADDRESS}/{cast.ada_place.id}", cast.ai7.ends_on
    before = row_of(db, cast.ada_place)[2]
    beyond = last + timedelta(days=1)
    for wrong in ("5 March", "0001-01-01", "9999-12-31", f"{last.year}-W40-1", beyond.isoformat()):
        page = check_page(client.post(f"{address}/joined", data={"joined_on": wrong}), 422)
        assert f'value="{wrong}"' in page
    assert "The cohort ends on" in page
    assert row_of(db, cast.ada_place)[2] == before
    assert client.post(f"{address}/joined", data={"joined_on": last.isoformat()}).location
    assert row_of(db, cast.ada_place)[2] == last.isoformat()


def test_who_moves_keeps_every_record_and_leaves_the_old_figures(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    cast.ada_logs(db, "sql", LogState.STUCK)
    enrol(db, cast.web3, cast.dana.id, Role.MANAGER, by=cast.dana.id, at=cast.at)
    enter(client, cast.dana)
    address = f"{ADDRESS}/{cast.ada_place.id}"
    for _again in range(2):
        client.post(f"{address}/move", data={"to": "web-3"})
    old, new = (
        enrolments.get(db, cast.ada_place.id),
        enrolments.find_for(db, cast.web3.id, cast.ada.id),
    )
    assert new is not None
    assert (old.status, new.status, new.role) == (Status.DROPPED, Status.ACTIVE, Role.LEARNER)
    assert lesson_logs.find_for(db, old.id, cast.lessons["sql"].id) is not None
    assert row_of(db, old)[0] == "dropped"
    assert "moved to web-3" in check_page(client.get(address))
    there = check_page(client.get(f"/cohorts/web-3/people/{new.id}"))
    assert there.count("moved here from ai-7") == 1
    assert check(db) == []


def test_a_person_moves_only_where_dana_manages(client: FlaskClient, db: Db, cast: Cast) -> None:
    enter(client, cast.dana)
    address = f"{ADDRESS}/{cast.ada_place.id}/move"
    check_page(client.post(address, data={"to": "web-3"}), 404)
    assert enrolments.find_for(db, cast.web3.id, cast.ada.id) is None


def test_whoever_forgot_a_password_gets_a_link_that_is_shown_once(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    enter(client, cast.dana)
    address = f"{ADDRESS}/{cast.ada_place.id}"
    client.post(f"{address}/link")
    (link,) = re.findall(r'value="(http[^"]*/welcome/[^"]+)"', check_page(client.get(address)))
    assert "/welcome/" not in check_page(client.get(address))
    assert link.rpartition("/")[2] not in str(list(db["activity"].find()))
    assert db["activity"].count_documents({"verb": "made_link"}) == 1
    client.post("/logout")
    new = {"password": "battery staple", "repeated": "battery staple"}
    assert client.post(link, data=new).status_code == 302


def test_a_link_opens_nothing_that_dana_does_not_manage(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    cleo = enrol(db, cast.ai7, cast.cleo.id, Role.LEARNER, by=cast.dana.id, at=cast.at)
    eve, gil = (
        create_admin(db, email=f"{name}@example.com", name=name, password=PASSWORD, at=utc_now())
        for name in ("eve", "gil")
    )
    chief = enrol(db, cast.ai7, gil.id, Role.COACH, by=gil.id, at=cast.at)
    enter(client, cast.dana)
    for place in (cleo, chief):
        assert "ask an administrator" in check_page(client.get(f"{ADDRESS}/{place.id}"))
        check_page(client.post(f"{ADDRESS}/{place.id}/link"), 403)
    client.post("/logout")
    enter(client, eve)
    assert client.post(f"{ADDRESS}/{cleo.id}/link").status_code == 302
