"""Ada files a post by hand: what cannot stand in its place is named, and what is too often."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.cast import Cast
from tests.pages.browser import check_page, sign_in
from tracker.documents.schema import Db
from tracker.use_cases.importing_posts import PLACE_MOST, draft_post

LONG = "# Odds and ends\n\n" + "word " * (PLACE_MOST // 4)


def test_a_part_that_is_too_long_for_its_place_is_named(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    sign_in(client, cast.ada)
    client.post("/preferences", data={"language": "en"})
    draft, _new = draft_post(
        db, cast.ada_place, cast.curriculum, file_name="", data=LONG.encode(), at=cast.at
    )
    wanted = {"part-0": f"lesson:{cast.lessons['sql'].id}"}
    form = {"comments_for": "me", "log_state": "done", **wanted}
    answer = client.post(f"/posts/{draft.id}/confirm", data=form, follow_redirects=True)
    assert "1 part is too long for its place" in check_page(answer)


def test_reading_posts_in_and_previews_have_a_measure(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast.ada)
    client.post("/preferences", data={"language": "en"})
    for address, most in (("/posts/import", 20), ("/preview", 60)):
        tries = [client.post(address, data={"text": "", "note": "*"}) for _ in range(most + 1)]
        assert 429 not in {answer.status_code for answer in tries[:most]}
        assert "Too many tries" in check_page(tries[most], 429)
    assert client.get("/posts/import").status_code == 200  # looking is free
    client.post("/logout")
    sign_in(client, cast.cleo)  # others at the same address still may
    assert client.post("/preview", data={"note": "*"}).status_code == 200
