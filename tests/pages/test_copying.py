"""Dana opens, archives and copies a cohort."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.pages.browser import check_page
from tests.pages.editing import HOME, dana
from tracker.documents import cohorts
from tracker.documents.schema import Db
from tracker.models import CohortState

__all__ = ["dana"]


def test_the_state_is_changed_and_changed_back(dana: FlaskClient, db: Db, cast: Cast) -> None:
    for state in CohortState:
        assert dana.post("/cohorts/ai-7/state", data={"state": state.value}).location == HOME
        assert cohorts.get(db, cast.ai7.id).state is state
        check_page(dana.get(HOME))
    dana.post("/cohorts/ai-7/state", data={"state": "gone"})
    assert cohorts.get(db, cast.ai7.id).state is CohortState.ARCHIVED


def test_dana_copies_the_curriculum_and_manages_the_copy(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    boxes = {"name": "AI 8기", "slug": "ai-8", "starts_on": "2032-03-01", "holidays": "2032-03-02"}

    assert dana.post("/cohorts/ai-7/copy", data=boxes).location == "/cohorts/ai-8/curriculum"
    page = check_page(dana.get("/cohorts/ai-8/curriculum"))

    for words in ("Machine learning", "Our own service", "Copied from another cohort"):
        assert words in page
    assert "Undo" not in page
    assert cohorts.get_by_slug(db, "ai-8").state is CohortState.DRAFT


@pytest.mark.parametrize(
    ("boxes", "told"),
    [
        ({"slug": "web-3"}, "A cohort has this address"),
        ({"slug": "AI 8"}, "Write it as ai-8"),
        ({"slug": "---"}, "Write it as nine-ten"),
        ({"slug": "---", "name": "!"}, "Write it as ai-8"),
        ({"slug": ""}, "Write something here."),
        ({"starts_on": ""}, "Give a day"),
        ({"holidays": "x"}, "is no day"),
    ],
)
def test_a_wrong_copy_is_refused_and_kept(
    dana: FlaskClient, db: Db, cast: Cast, boxes: dict[str, str], told: str
) -> None:
    right = {"name": "Nine & ten", "slug": "ai-8", "starts_on": "2032-03-01"}
    page = check_page(dana.post("/cohorts/ai-7/copy", data={**right, **boxes}), 422)

    assert told in page
    assert ("Nine &amp; ten" in page) is ("name" not in boxes)
    assert cohorts.find_by_slug(db, "ai-8") is None


def test_an_address_that_is_too_long_gets_one_remedy(dana: FlaskClient, cast: Cast) -> None:
    boxes = {"name": "AI 8", "slug": "x" * 200, "starts_on": "2032-03-01"}
    page = check_page(dana.post("/cohorts/ai-7/copy", data=boxes), 422)
    assert "At most 80 characters; shorten it by 120." in page
    assert "Write it as" not in page


def test_a_cohort_without_a_track_names_its_days_alone(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    cohorts.change(db, cast.ai7, {"track": ""})
    page = check_page(dana.get("/cohorts/ai-7/"))
    assert '<p class="text-secondary">·' not in " ".join(page.split()).replace("> ", ">")
