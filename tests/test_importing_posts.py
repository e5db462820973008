"""A post goes in, each part finds its place, and comes out whole; an undo takes it out again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.cast import Cast
from tests.crashing import Killed, dying_at, writes_of
from tests.posts.support import POSTS
from tracker.documents import comments, lesson_logs, posts, project_notes, retrospectives
from tracker.documents.schema import Db
from tracker.errors import Invalid, NotFound
from tracker.models import LogState, Visibility
from tracker.posts.parsing import parse_post
from tracker.reports.posts_out import files_of
from tracker.use_cases.checking import check
from tracker.use_cases.commenting import edit_comment
from tracker.use_cases.filing_posts import file_post, finish_posts, undo_post
from tracker.use_cases.importing_posts import (
    FILE_MOST,
    Place,
    confirm_post,
    discard_draft,
    draft_post,
)

POST = """---
title: [Camp] STEP 2 done
date: 2031-03-12 09:00
---

Three weeks, gone.

## SQL

- joins, and why rows double
- subqueries

### Comment

Thinking before typing helped me most.

## Django

Models, views, templates.

```python
# not a heading
```

## 가상화와 클라우드

An instance of my own.

### 코멘트

하루로는 모자랐다.

## Capstone project 2

We drew the architecture first.

# 회고

## 좋았던 점

교안이 친절했다.

## 아쉬웠던 점

설치에서 하루를 보냈다.
"""
REAL_POST = Path(__file__).resolve().parents[2] / "shared" / "data" / "step-2-post.md"


def bring_in(db: Db, cast: Cast, text: str = POST, *, name: str = "step-2.md") -> posts.StoredPost:
    """Let Ada import a post as proposed; return it as it is filed."""
    draft, _new = draft_post(
        db, cast.ada_place, cast.curriculum, file_name=name, data=text.encode(), at=cast.at
    )
    if draft.state == "draft":
        confirm(db, cast, draft)
    filed = posts.find_for(db, cast.ada_place.id, draft.id)
    assert filed is not None
    return filed


def confirm(
    db: Db, cast: Cast, draft: posts.StoredPost, places: dict[int, Place] | None = None
) -> None:
    begun = confirm_post(
        db,
        cast.ada_place,
        cast.curriculum,
        draft.id,
        places=places or {},
        step_number=draft.step_number,
        comments_for=Visibility.STAFF,
        log_state=LogState.DONE,
    )
    file_post(db, cast.ada_place, cast.curriculum, begun, at=cast.at)


def exported(db: Db, cast: Cast) -> dict[str, str]:
    return {file.name: file.text for file in files_of(db, cast.ai7, cast.ada_place)}


def records(db: Db, cast: Cast) -> object:
    """Return everything that an import of POST leaves behind, but for ids and times."""
    logs = sorted(
        (log.lesson_id, log.entry, [part.text for part in log.imported])
        for log in lesson_logs.list_whole_for_learner(db, cast.ada_place.id)
    )
    notes = project_notes.list_for_learner(db, cast.ada_place.id)
    looks = retrospectives.list_for_learner(db, cast.ada_place.id)
    said = comments.list_by_author(db, cast.ada.id, cast.ai7.id)
    return (
        logs,
        [(note.project_id, note.note, [part.text for part in note.imported]) for note in notes],
        [(look.step_id, [part.text for part in look.imported]) for look in looks],
        sorted((comment.subject, comment.text, comment.visibility) for comment in said),
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
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_post_comes_out_as_it_went_in(db: Db, cast: Cast, text: str) -> None:
    if not text.encode("utf-8", "ignore").decode().strip("\ufeff \n\t\r") or "\x00" in text:
        return
    try:
        post = bring_in(db, cast, text)
    except Invalid:
        return
    body = exported(db, cast)["step-2.md"]
    assert parse_post(body).body == parse_post(text).body
    assert parse_post(body).front_matter == parse_post(text).front_matter
    undo_post(db, cast.ada_place, cast.curriculum, post.id, at=cast.at)


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
    logs = {log.lesson_id: log for log in lesson_logs.list_whole_for_learner(db, cast.ada_place.id)}
    assert logs[cast.lessons["sql"].id].entry.note == "own words"
    assert logs[cast.lessons["django"].id].entry.state is LogState.NOT_STARTED
    assert all(log.imported == () for log in logs.values())
    assert check(db) == []
    assert bring_in(db, cast).state == "filed"


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


def begun_import(db: Db, cast: Cast) -> posts.StoredPost:
    draft, _new = draft_post(
        db, cast.ada_place, cast.curriculum, file_name="", data=POST.encode(), at=cast.at
    )
    return confirm_post(
        db,
        cast.ada_place,
        cast.curriculum,
        draft.id,
        places={},
        step_number=2,
        comments_for=Visibility.STAFF,
        log_state=LogState.DONE,
    )


@pytest.mark.parametrize("answered", [False, True])
def test_an_import_killed_between_any_two_writes_is_finished_by_the_next_visit(
    db: Db, cast: Cast, *, answered: bool
) -> None:
    post = begun_import(db, cast)
    total = writes_of(
        db, lambda mine: file_post(mine, cast.ada_place, cast.curriculum, post, at=cast.at)
    )
    expected = records(db, cast)
    for number in range(1, total + 1):
        _clear(db)
        post = begun_import(db, cast)
        with pytest.raises(Killed):
            file_post(
                dying_at(db, number, answered=answered),
                cast.ada_place,
                cast.curriculum,
                post,
                at=cast.at,
            )
        finish_posts(db, cast.ada_place, cast.curriculum, at=cast.at)
        check(db, repair=True)
        assert records(db, cast) == expected, f"write {number}"


def _clear(db: Db) -> None:
    for module in (posts, lesson_logs, comments, retrospectives, project_notes):
        db[module.NAME].delete_many({})


@pytest.mark.parametrize("answered", [False, True])
def test_an_undo_killed_between_any_two_writes_is_finished_by_the_next_visit(
    db: Db, cast: Cast, *, answered: bool
) -> None:
    total = 0
    number = 0
    while number <= total:
        _clear(db)
        post = bring_in(db, cast)
        if not total:
            total = writes_of(
                db,
                lambda mine, post=post: undo_post(  # type: ignore[misc]
                    mine, cast.ada_place, cast.curriculum, post.id, at=cast.at
                ),
            )
            number = 1
            continue
        with pytest.raises(Killed):
            undo_post(
                dying_at(db, number, answered=answered),
                cast.ada_place,
                cast.curriculum,
                post.id,
                at=cast.at,
            )
        finish_posts(db, cast.ada_place, cast.curriculum, at=cast.at)
        if number == 1 and not answered:
            continue_undo(db, cast, post)
        assert comments.list_by_author(db, cast.ada.id, cast.ai7.id) == [], number
        logs = lesson_logs.list_whole_for_learner(db, cast.ada_place.id)
        assert all(not log.imported for log in logs)
        assert {log.entry.state for log in logs} == {LogState.NOT_STARTED}
        number += 1


def continue_undo(db: Db, cast: Cast, post: posts.StoredPost) -> None:
    """Ask again: an undo that was killed before its first write never began."""
    undo_post(db, cast.ada_place, cast.curriculum, post.id, at=cast.at)
