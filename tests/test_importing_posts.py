"""A post goes in, each part finds its place, and comes out whole; an undo takes it out again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from tests.cast import Cast
from tests.posts.bringing_in import POST, bring_in, clear, confirm, exported, records
from tests.posts.support import POSTS
from tracker.documents import comments, lesson_logs, posts, project_notes, retrospectives
from tracker.documents.schema import Db
from tracker.errors import Invalid, NotFound
from tracker.models import LogState, Visibility
from tracker.posts.decoding import decode
from tracker.posts.parsing import parse_post
from tracker.use_cases.checking import check
from tracker.use_cases.commenting import edit_comment
from tracker.use_cases.filing_posts import undo_post
from tracker.use_cases.importing_posts import (
    FILE_MOST,
    Place,
    discard_draft,
    draft_post,
)


def test_each_part_finds_its_place(db: Db, cast: Cast) -> None:
    bring_in(db, cast)
    for slug in ("sql", "django", "가상화와-클라우드"):
        log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons[slug].id)
        assert log is not None
        assert log.entry.state is LogState.DONE
        assert len(log.imported) == 1
    said = comments.list_by_author(db, cast.ada.id, cast.ai7.id)
    assert [(each.place, each.visibility) for each in said] == [
        ("SQL", Visibility.STAFF),
        ("가상화와 클라우드", Visibility.STAFF),
    ]
    (note,) = project_notes.list_for_learner(db, cast.ada_place.id)
    assert note.imported[0].text == "We drew the architecture first."
    (look,) = retrospectives.list_for_learner(db, cast.ada_place.id)
    assert [part.kind for part in look.imported] == ["retro_good", "retro_lacking"]
    assert check(db) == []


def test_the_body_comes_out_byte_for_byte(db: Db, cast: Cast) -> None:
    bring_in(db, cast, POST.replace("\n", "\r\n"))
    (text,) = exported(db, cast).values()
    assert parse_post(text).body == parse_post(POST).body
    assert parse_post(text).front_matter == {
        "title": "[Camp] STEP 2 done",
        "date": "2031-03-12 09:00",
    }


@given(text=POSTS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_post_comes_out_as_it_went_in(db: Db, cast: Cast, text: str) -> None:
    clear(db)
    try:
        bring_in(db, cast, text)
    except Invalid:  # empty, or with a NUL: said so, and nothing is stored
        return
    came_out, went_in = (
        parse_post(exported(db, cast)["step-2.md"]),
        parse_post(decode(text.encode())),
    )
    assert came_out.body == went_in.body
    assert came_out.front_matter == went_in.front_matter


def test_twice_the_same_file_changes_nothing(db: Db, cast: Cast) -> None:
    bring_in(db, cast)
    before = records(db, cast)
    there, new = draft_post(
        db, cast.ada_place, cast.curriculum, file_name="again.md", data=POST.encode(), at=cast.at
    )
    assert not new
    assert there.state == "filed"
    assert records(db, cast) == before


def test_what_ada_wrote_before_is_never_replaced(db: Db, cast: Cast) -> None:
    cast.ada_logs(db, "sql", LogState.STUCK, line="JOIN doubles my rows", note="own words")
    bring_in(db, cast)
    log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["sql"].id)
    assert log is not None
    assert (log.entry.state, log.entry.note) == (LogState.STUCK, "own words")
    assert log.imported[0].text.startswith("- joins")


def test_an_undo_takes_out_all_that_came_in_and_nothing_else(db: Db, cast: Cast) -> None:
    cast.ada_logs(db, "sql", note="own words")
    post = bring_in(db, cast)
    undo_post(db, cast.ada_place, cast.curriculum, post.id, at=cast.at)
    assert comments.list_by_author(db, cast.ada.id, cast.ai7.id) == []
    logs = {log.lesson_id: log for log in lesson_logs.list_for_learner(db, cast.ada_place.id)}
    assert logs[cast.lessons["sql"].id].entry.note == "own words"
    assert logs[cast.lessons["django"].id].entry.state is LogState.NOT_STARTED
    assert all(log.imported == () for log in logs.values())
    assert check(db) == []
    assert bring_in(db, cast).state == "filed"
    again = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["django"].id)
    assert again is not None
    assert again.entry.state is LogState.DONE


def test_an_edited_comment_outlives_the_undo_and_goes_out_edited(db: Db, cast: Cast) -> None:
    post = bring_in(db, cast)
    comment = comments.list_by_author(db, cast.ada.id, cast.ai7.id)[0]
    edit_comment(
        db,
        cast.reader("ada"),
        comment.id,
        text="I see it differently now.",
        visibility=Visibility.STAFF,
        at=cast.at + timedelta(minutes=1),
    )
    text = exported(db, cast)["step-2.md"]
    assert "I see it differently now." in text
    assert "Thinking before typing" not in text
    undo_post(db, cast.ada_place, cast.curriculum, post.id, at=cast.at)
    assert [each.id for each in comments.list_by_author(db, cast.ada.id, cast.ai7.id)] == [
        comment.id
    ]


def test_the_learner_says_where_a_part_goes(db: Db, cast: Cast) -> None:
    draft, _new = draft_post(
        db, cast.ada_place, cast.curriculum, file_name="", data=POST.encode(), at=cast.at
    )
    django = next(i for i, part in enumerate(draft.parts) if part.heading == "Django")
    confirm(db, cast, draft, {django: Place("unfiled")})
    assert lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["django"].id) is None


def test_a_target_of_another_cohort_is_not_found(db: Db, cast: Cast) -> None:
    draft, _new = draft_post(
        db, cast.ada_place, cast.curriculum, file_name="", data=POST.encode(), at=cast.at
    )
    foreign = Place("lesson", cast.web3_curriculum.lessons[0].id)
    with pytest.raises(NotFound):
        confirm(db, cast, draft, {0: foreign})
    with pytest.raises(NotFound):
        discard_draft(db, cast.cleo_place, draft.id)
    discard_draft(db, cast.ada_place, draft.id)
    assert posts.list_for_learner(db, cast.ada_place.id) == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"x" * (FILE_MOST + 1), "too_large"),
        (b"\xff\xfe\x00\x01", "not_text"),
        (b" \n\n", "empty"),
        (b"# a\n" * 3000, "too_many_headings"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(db: Db, cast: Cast, data: bytes, problem: str) -> None:
    with pytest.raises(Invalid, match=problem):
        draft_post(db, cast.ada_place, cast.curriculum, file_name="a", data=data, at=cast.at)


def test_cp949_is_read(db: Db, cast: Cast) -> None:
    draft, _new = draft_post(
        db,
        cast.ada_place,
        cast.curriculum,
        file_name="cp949.md",
        data="## SQL\n\n조인을 배웠다\n".encode("cp949"),
        at=cast.at,
    )
    assert "조인을 배웠다" in draft.parts[0].text
