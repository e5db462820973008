"""Ada files a post by hand: what cannot stand in its place is named."""

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
