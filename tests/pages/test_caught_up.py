"""What was cut off is finished by whoever opens a page of the cohort next."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.crashing import Killed, dying_at
from tests.pages.browser import check_page, sign_in
from tracker.curricula.shifting import shifted
from tracker.curricula.storing import file_of
from tracker.documents import cohorts, lesson_logs
from tracker.documents.schema import Db
from tracker.models import LogEntry, LogState
from tracker.reports.curricula import stored_curriculum
from tracker.reports.membership import curriculum_of
from tracker.use_cases.changing_curricula import change_curriculum
from tracker.use_cases.checking import check
from tracker.use_cases.logging_a_lesson import log_lesson

PAGES = ("dashboard", "dashboard/attention", "dashboard/pulse", "dashboard/learners.csv", "")


@pytest.mark.parametrize("page", PAGES)
def test_a_mark_that_is_owed_is_paid_by_any_page(
    client: FlaskClient, cast: Cast, db: Db, page: str
) -> None:
    with pytest.raises(Killed):
        log_lesson(
            dying_at(db, 1, answered=True),
            cast.ada_place,
            cast.lessons["sql"],
            LogEntry(LogState.DONE),
            revision=0,
            by=cast.ada.id,
            at=cast.at,
        )
    assert lesson_logs.list_owed(db, cast.ai7.id)
    sign_in(client, cast.ben)
    assert client.get(f"/cohorts/ai-7/{page}").status_code == 200
    assert lesson_logs.list_owed(db, cast.ai7.id) == []


def test_a_learner_never_sees_half_a_change_of_the_curriculum(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    cohort = cohorts.get(db, cast.ai7.id)
    file = file_of(stored_curriculum(db, cohort))
    later = shifted(file, since=cohort.starts_on, count=5)
    with pytest.raises(Killed):
        change_curriculum(
            dying_at(db, 3, answered=True),
            cohort,
            later,
            what="shift",
            by=cast.dana.id,
            at=cast.at,
        )
    assert check(db)
    sign_in(client, cast.ada)
    check_page(client.get("/cohorts/ai-7/"))
    assert check(db) == []
    after = curriculum_of(db, cohorts.get(db, cast.ai7.id))
    starts = {lesson.slug: lesson.starts_on for lesson in after.lessons}
    assert starts["django"] > cast.lessons["django"].starts_on
