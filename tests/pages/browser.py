"""What the tests of pages do with a browser, in few words."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cast import PASSWORD
from tracker.models import Person

ENGLISH = {"Accept-Language": "en"}


def sign_in(client: FlaskClient, person: Person, password: str = PASSWORD) -> TestResponse:
    """Sign in as anyone would; expect it to work."""
    response = client.post("/login", data={"email": person.email, "password": password})
    assert response.status_code == 302, response.text
    return response


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def check_page(response: TestResponse, status: int = 200) -> str:
    """Check what every page keeps: one h1 that begins the title, unique ids; return the text."""
    assert response.status_code == status, response.text
    text = response.text
    (h1,) = re.findall(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)
    (title,) = re.findall(r"<title>(.*?)</title>", text, re.DOTALL)
    assert title.startswith(h1)
    ids = re.findall(r'\sid="([^"]*)"', text)
    assert len(ids) == len(set(ids)), sorted(ids)
    for target in re.findall(r'<label[^>]* for="([^"]*)"', text):
        assert target in ids
    return text
