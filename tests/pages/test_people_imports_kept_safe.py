"""What an import of people must not do: open accounts, forget who acted, drop who works."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.crashing import WRITES, Killed, dying_at, watched, writes_of
from tests.helping import asks, stands_in_queue
from tests.pages.browser import check_page, sign_in
from tests.pages.test_people_imports import FILE, links_in, place_of, state_of, upload
from tracker.clock import utc_now
from tracker.documents import enrolments, people
from tracker.documents.schema import Db
from tracker.models import PeopleImport, Reader, Role
from tracker.use_cases.checking import check
from tracker.use_cases.confirming_people import apply_import, undo_import
from tracker.use_cases.importing_people import import_for, keep_draft, read_people
from tracker.use_cases.joining import enrol
from tracker.use_cases.queueing import Turn, turn
from tracker.use_cases.setting_done import set_done
from tracker.use_cases.staff_notes import add_note


@pytest.fixture
def dana(client: FlaskClient, cast: Cast) -> FlaskClient:
    """Dana's browser, in English."""
    sign_in(client, cast.dana)
    client.post("/preferences", data={"language": "en"})
    return client


def test_no_link_opens_an_account_that_dana_does_not_manage(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    boss = people.add(
        db, email="boss@example.org", name="B", password_hash="", at=cast.at, is_admin=True
    )
    gil = people.add(db, email="gil@example.org", name="Gil", password_hash="", at=cast.at)
    enrol(db, cast.web3, gil.id, Role.LEARNER, by=cast.dana.id, at=cast.at)
    lines = f"Boss,{boss.email}\nGil,{gil.email}\n"
    alone = upload(dana, f"name,email\n{lines}").location
    dana.post(f"{alone}/confirm")
    assert dana.post(f"{alone}/links").location == alone
    page = check_page(dana.get(alone))
    assert "No link for 2 people" in page
    assert f"{alone}/links" in page
    dana.post(f"{alone}/undo")
    here = upload(dana, f"name,email\n{lines}Eve,eve@example.org\n").location
    dana.post(f"{here}/confirm")
    assert list(links_in(dana.post(f"{here}/links"))) == ["eve@example.org"]
    assert "No link for 2 people" in check_page(dana.get(here))


@pytest.mark.parametrize("number", [5, 9, 12, 15, 18, 21, 24, 27])
def test_an_undo_while_it_is_applied_leaves_nobody(db: Db, cast: Cast, number: int) -> None:
    cohort, by, seen = cast.ai7, cast.dana.id, 0
    before = state_of(db, cast, "ada@example.com")
    draft, _ = read_people(db, cohort, FILE.encode(), by=by, file_name="f", at=utc_now())
    keep_draft(db, draft)

    def undo_meanwhile(_name: str) -> None:
        nonlocal seen
        seen += import_for(db, cohort, draft.id).state != "draft"
        if seen == number:
            undo_import(db, cohort, import_for(db, cohort, draft.id), by=by, at=utc_now())

    done = apply_import(watched(db, before=undo_meanwhile), cohort, draft, by=by, at=utc_now())
    assert seen >= number
    assert done.state == "undone"
    assert state_of(db, cast, "ada@example.com") == before
    for email in ("cleo@example.com", "finn@example.org", "eve@example.org"):
        assert state_of(db, cast, email)[1] == "dropped"
    assert check(db) == []


def cleo_asks(db: Db, cast: Cast, cleo: Reader, finn: Reader) -> str:
    assert cleo.enrolment
    asks(db, cast, by=(cleo.person, cleo.enrolment), at=utc_now())
    return "cleo@example.com"


def cleo_stands_in_the_queue(db: Db, cast: Cast, cleo: Reader, finn: Reader) -> str:
    assert cleo.enrolment
    stands_in_queue(db, cast, (cleo.person, cleo.enrolment), utc_now())
    return "cleo@example.com"


def finn_takes_ada(db: Db, cast: Cast, cleo: Reader, finn: Reader) -> str:
    turn(db, finn, stands_in_queue(db, cast), Turn.TAKE, at=utc_now())
    return "finn@example.org"


def finn_notes(db: Db, cast: Cast, cleo: Reader, finn: Reader) -> str:
    add_note(db, finn, cast.ada_place, "Likes to pair", at=utc_now())
    return "finn@example.org"


def finn_sets_done(db: Db, cast: Cast, cleo: Reader, finn: Reader) -> str:
    set_done(db, finn, cast.ada_place, cast.lessons["sql"], reason="shown", at=utc_now())
    return "finn@example.org"


@pytest.mark.parametrize(
    "deed", [cleo_asks, cleo_stands_in_the_queue, finn_takes_ada, finn_notes, finn_sets_done]
)
def test_whatever_somebody_did_keeps_their_place(
    db: Db, cast: Cast, deed: Callable[[Db, Cast, Reader, Reader], str]
) -> None:
    cohort, by = cast.ai7, cast.dana.id
    draft, _ = read_people(db, cohort, FILE.encode(), by=by, file_name="f", at=utc_now())
    keep_draft(db, draft)
    done = apply_import(db, cohort, draft, by=by, at=utc_now())
    cleo, finn = (
        Reader(people.get_by_email(db, email), cohort, place.role, place)
        for email in ("cleo@example.com", "finn@example.org")
        for place in [place_of(db, cohort, email)]
    )
    worked = deed(db, cast, cleo, finn)
    before = {each.person.email: state_of(db, cast, each.person.email) for each in (cleo, finn)}
    undo_import(db, cohort, done, by=by, at=utc_now())
    for email, was in before.items():
        status = state_of(db, cast, email)[1]
        assert status == (was[1] if email == worked else "dropped")


def test_each_deed_is_told_of_who_did_it(client: FlaskClient, db: Db, cast: Cast) -> None:
    hashed = cast.dana.password_hash
    gil = people.add(db, email="gil@example.org", name="Gil", password_hash=hashed, at=cast.at)
    enrol(db, cast.ai7, gil.id, Role.MANAGER, by=cast.dana.id, at=cast.at)
    sign_in(client, cast.dana)
    here = upload(client).location
    own = upload(client, "name,email,role\nGil,gil@example.org,learner\n").location
    client.post("/logout")
    sign_in(client, gil)
    client.post(f"{own}/confirm")
    assert state_of(db, cast, "gil@example.org")[0] == "manager"
    client.post(f"{here}/confirm")
    eve = place_of(db, cast.ai7, "eve@example.org")
    assert enrolments.history_of(db, eve.id)[0].by == gil.id
    client.post("/logout")
    sign_in(client, cast.dana)
    client.post(f"{here}/undo")
    told = {each["verb"]: each["actor_id"] for each in db["activity"].find()}
    assert told["imported_people"] == gil.id
    assert told["undid_people_import"] == cast.dana.id


def test_who_finishes_an_undo_is_not_who_did_it(db: Db, cast: Cast) -> None:
    cohort, dana, ben = cast.ai7, cast.dana.id, cast.ben.id
    draft, _ = read_people(db, cohort, FILE.encode(), by=dana, file_name="f", at=utc_now())
    keep_draft(db, draft)
    done = apply_import(db, cohort, draft, by=dana, at=utc_now())
    with suppress(Killed):
        undo_import(dying_at(db, 2, answered=False), cohort, done, by=ben, at=utc_now())
    assert import_for(db, cohort, draft.id).state == "undoing"
    assert check(db, repair=True) == []
    (told,) = db["activity"].find({"verb": "undid_people_import"})
    assert told["actor_id"] == ben


def test_writes_grow_with_batches_not_with_people(db: Db, cast: Cast) -> None:
    lines = "".join(f"N{number},n{number}@example.org\n" for number in range(120))
    draft, _ = read_people(
        db, cast.ai7, f"name,email\n{lines}".encode(), by=cast.dana.id, file_name="f", at=utc_now()
    )
    keep_draft(db, draft)
    assert (
        writes_of(
            db, lambda target: apply_import(target, cast.ai7, draft, by=cast.dana.id, at=utc_now())
        )
        < 30
    )
    assert check(db) == []


def test_who_is_slow_and_killed_after_an_undo_leaves_no_place(db: Db, cast: Cast) -> None:
    """Another finishes the import and undoes it just before the last write of the slow one.

    Finn and Eve are new each time; Cleo gets her place back; Ada is there before.
    """
    cohort, by, at = cast.ai7, cast.dana.id, utc_now()
    before = state_of(db, cast, "ada@example.com")
    number, killed = 2, True
    while killed:
        file = FILE.lower().replace("example.org", f"{number}.example.org").encode()
        draft, _ = read_people(db, cohort, file, by=by, file_name="f", at=at)
        keep_draft(db, draft)
        writes = 0

        def undo_before(name: str, draft: PeopleImport = draft, last: int = number) -> None:
            nonlocal writes
            writes += name in WRITES
            if writes == last and name in WRITES:
                undo_import(db, cohort, import_for(db, cohort, draft.id), by=by, at=at)

        killed = False
        try:
            slow = watched(dying_at(db, number, answered=True), before=undo_before)
            apply_import(slow, cohort, draft, by=by, at=at)
        except Killed:
            killed = True
            assert import_for(db, cohort, draft.id).state == "undone"
            assert state_of(db, cast, "ada@example.com") == before, number
            given = ["cleo@example.com", f"finn@{number}.example.org", f"eve@{number}.example.org"]
            assert {state_of(db, cast, email)[1] for email in given} == {"dropped"}, number
        number += 1
    assert number > 12
    assert check(db, repair=True) == []
