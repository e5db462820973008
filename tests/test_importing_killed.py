"""An import or an undo that is killed at any write is finished by the next visit."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.crashing import Killed, calling_at, dying_at, writes_of
from tests.posts.bringing_in import POST, bring_in, clear, records
from tracker.documents import comments, lesson_logs, posts
from tracker.documents.schema import Db
from tracker.models import LogState, Visibility
from tracker.use_cases.checking import check
from tracker.use_cases.filing_posts import file_post, finish_posts, undo_post
from tracker.use_cases.importing_posts import confirm_post, draft_post


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
        clear(db)
        post = begun_import(db, cast)
        with pytest.raises(Killed):
            file_post(
                dying_at(db, number, answered=answered),
                cast.ada_place,
                cast.curriculum,
                post,
                at=cast.at,
            )
        if number % 2:
            finish_posts(db, cast.ada_place, cast.curriculum, at=cast.at)
        assert check(db, repair=True) == []
        assert records(db, cast) == expected, f"write {number}"


@pytest.mark.parametrize("answered", [False, True])
def test_an_undo_killed_between_any_two_writes_is_finished_by_the_next_visit(
    db: Db, cast: Cast, *, answered: bool
) -> None:
    total = 0
    number = 0
    while number <= total:
        clear(db)
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
        logs = lesson_logs.list_for_learner(db, cast.ada_place.id)
        assert all(not log.imported for log in logs)
        assert {log.entry.state for log in logs} == {LogState.NOT_STARTED}
        number += 1


def test_an_undo_while_the_post_is_still_being_filed_leaves_nothing_behind(
    db: Db, cast: Cast
) -> None:
    """Ada presses undo in a second tab, just before each operation of the first."""
    number, undone = 0, True
    while undone:
        number, undone = number + 1, False
        clear(db)
        post = begun_import(db, cast)

        def undo(post: posts.StoredPost = post) -> None:
            nonlocal undone
            undone = True
            undo_post(db, cast.ada_place, cast.curriculum, post.id, at=cast.at)

        file_post(calling_at(db, number, undo), cast.ada_place, cast.curriculum, post, at=cast.at)
        if undone:
            finish_posts(db, cast.ada_place, cast.curriculum, at=cast.at)
            found = posts.find_for(db, cast.ada_place.id, post.id)
            assert found is not None
            assert found.state == "undone", number
            assert comments.list_by_author(db, cast.ada.id, cast.ai7.id) == [], number
            logs = lesson_logs.list_for_learner(db, cast.ada_place.id)
            assert all(not log.imported for log in logs), number
            assert {log.entry.state for log in logs} <= {LogState.NOT_STARTED}, number
    assert number > 10


def continue_undo(db: Db, cast: Cast, post: posts.StoredPost) -> None:
    """Ask again: an undo that was killed before its first write never began."""
    undo_post(db, cast.ada_place, cast.curriculum, post.id, at=cast.at)
