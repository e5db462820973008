"""What Dana does with the forms of the curriculum, in few words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cast import Cast
from tests.pages.browser import check_page, sign_in
from tracker.documents import cohorts
from tracker.documents.schema import Db
from tracker.reports.curricula import stored_curriculum

HOME = "/cohorts/ai-7/curriculum"


@pytest.fixture
def dana(client: FlaskClient, cast: Cast) -> FlaskClient:
    """Return Dana's browser, in English."""
    sign_in(client, cast.dana)
    client.post("/preferences", data={"language": "en"})
    return client


def typed(client: FlaskClient, what: str, **boxes: object) -> dict[str, str]:
    """Return what a form holds when it is opened, with these boxes typed over."""
    page = check_page(client.get(f"{HOME}/{what}"))
    form = page[page.index(f'action="{quote(HOME)}/') :]
    held = dict(re.findall(r'<input[^>]* name="([^"]*)"[^>]* value="([^"]*)"', form))
    held |= dict(re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\s?(.*?)</textarea>', form, re.S))
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        held[name] = re.findall(r'<option (?:selected )?value="([^"]*)"', options)[0]
        held[name] = dict(re.findall(r"<option (selected) value=\"([^\"]*)\"", options)).get(
            "selected", held[name]
        )
    return {**held, **{name: str(value) for name, value in boxes.items()}}


def change(client: FlaskClient, what: str, **boxes: object) -> TestResponse:
    """Do an edit, as its preview offers it."""
    answer = client.post(f"{HOME}/{what}", data={**typed(client, what, **boxes), "confirm": "1"})
    assert answer.location == HOME, answer.text
    assert "The curriculum is changed." in check_page(client.get(HOME))
    return answer


def parts(db: Db, cast: Cast) -> dict[str, Any]:
    """Return every part that is stored, by key; what was new and left again is left out."""
    stored = stored_curriculum(db, cohorts.get(db, cast.ai7.id))
    old = {
        part.id
        for part in (*cast.curriculum.steps, *cast.curriculum.lessons, *cast.curriculum.projects)
    }
    everything = (*stored.steps, *stored.lessons, *stored.projects)
    cohort = replace(stored.cohort, version=0, curriculum_version=0)
    return {"": cohort} | {
        part.key: part for part in everything if part.id in old or not part.archived
    }
