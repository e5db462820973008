"""Commands say what they did, can be run again, and fail in one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast, make_cast
from tests.test_curriculum_file import GOOD
from tracker.documents import cohorts, people
from tracker.documents.schema import Db
from tracker.models import CohortState
from tracker.use_cases import checking
from tracker.use_cases.accounts import sign_in


def run(app: Flask, *arguments: str, given: str = "") -> Result:
    result = app.test_cli_runner().invoke(args=arguments, input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_database_prepare_makes_what_is_missing(app: Flask, db: Db) -> None:
    db["people"].drop_indexes()

    assert run(app, "database", "prepare").exit_code == 0
    assert run(app, "database", "prepare").exit_code == 0
    assert run(app, "check").output == "everything agrees with the records\n"


def test_a_curriculum_is_imported_once(app: Flask, db: Db, tmp_path: Path) -> None:
    file = tmp_path / "ai-7.yaml"
    file.write_text(GOOD, encoding="utf-8")

    dry = run(app, "curriculum", "import", str(file), "--dry-run")
    assert dry.output.splitlines()[-1] == "dry run: nothing was written"
    assert cohorts.find_by_slug(db, "ai-7") is None
    assert "+ lesson sql\n" in run(app, "curriculum", "import", str(file)).output
    assert run(app, "curriculum", "import", str(file)).output == "no changes\n"


def test_a_bad_curriculum_names_line_key_and_remedy(app: Flask, db: Db, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(GOOD.replace("hours: 24", "huors: 24"), encoding="utf-8")

    result = run(app, "curriculum", "import", str(file))

    assert result.exit_code == 1
    assert result.output == "Error: line 15: huors: unknown key; did you mean hours?\n"
    assert cohorts.find_by_slug(db, "ai-7") is None


def test_a_cohorts_state_is_set_and_told(app: Flask, db: Db) -> None:
    make_cast(db)

    assert run(app, "cohort", "state", "ai-7", "archived").output == "ai-7: active → archived\n"
    again = run(app, "cohort", "state", "ai-7", "archived")
    assert again.output == "ai-7 is archived already\n"
    assert cohorts.get_by_slug(db, "ai-7").state is CohortState.ARCHIVED


def test_a_cohort_that_does_not_exist_is_one_line(app: Flask, db: Db) -> None:
    result = run(app, "cohort", "state", "ai-99", "active")

    assert result.exit_code == 1
    assert result.output == "Error: no cohort 'ai-99'\n"


def test_an_administrator_gets_a_link_that_sets_the_password(app: Flask, db: Db) -> None:
    result = run(app, "admin", "create", "Eve@Example.com", "--name", "Eve")

    first, link = result.output.splitlines()
    assert first == "administrator eve@example.com is created"
    assert link.startswith("http")
    person = people.get_by_email(db, "eve@example.com")
    assert person.is_admin
    assert person.password_hash == ""


def test_an_administrators_password_comes_from_standard_input(app: Flask, db: Db) -> None:
    arguments = ("admin", "create", "eve@example.com", "--name", "Eve", "--password-stdin")
    result = run(app, *arguments, given="battery staple\n")

    assert result.output == "administrator eve@example.com is created\n"
    assert sign_in(db, "eve@example.com", "battery staple")


def test_whoever_forgot_a_password_gets_a_link(app: Flask, cast: Cast, client: FlaskClient) -> None:
    link = run(app, "account", "link", "ADA@example.com").output.strip()
    said = {"password": "battery staple", "repeated": "battery staple"}
    assert client.get(link).status_code == 200
    assert client.post(link, data=said).status_code == 302
    assert client.get(link).status_code == 404


def test_a_link_for_nobody_is_refused_in_one_line(app: Flask, db: Db) -> None:
    result = run(app, "account", "link", "nobody@example.com")

    assert (result.exit_code, result.output) == (1, "Error: no person 'nobody@example.com'\n")


@pytest.mark.parametrize(
    ("email", "name", "password", "told"),
    [
        ("ada@example.com", "Ada", "battery staple", "email is already taken"),
        ("ada", "Ada", "battery staple", "'ada' is no email address"),
        ("eve@example.com", " ", "battery staple", "give a --name of 1 to 100 characters"),
        ("eve@example.com", "Eve", "short", "the password needs at least 8 characters"),
    ],
)
def test_a_bad_administrator_is_refused_in_one_line(
    cast: Cast, app: Flask, *, email: str, name: str, password: str, told: str
) -> None:
    arguments = ("admin", "create", email, "--name", name, "--password-stdin")
    result = run(app, *arguments, given=f"{password}\n")

    assert result.exit_code == 1
    assert result.output == f"Error: {told}\n"


def test_check_fails_until_it_repairs(app: Flask, db: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0.0)
    cast = make_cast(db)
    db["marks"].delete_many({"cohort_id": cast.ai7.id})

    failed = run(app, "check")
    assert failed.exit_code == 1
    assert f"enrolment {cast.ada_place.id}: its row of figures differs" in failed.output
    assert run(app, "check", "--repair").exit_code == 0
    assert run(app, "check").exit_code == 0
