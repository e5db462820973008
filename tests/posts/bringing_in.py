"""Lets Ada bring a post in, and tells what it left behind."""

from __future__ import annotations

from tests.cast import Cast
from tracker.documents import comments, lesson_logs, posts, project_notes, retrospectives
from tracker.documents.schema import Db
from tracker.models import LogState, Visibility
from tracker.reports.posts_out import files_of
from tracker.use_cases.filing_posts import file_post
from tracker.use_cases.importing_posts import Place, confirm_post, draft_post

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
        for log in lesson_logs.list_for_learner(db, cast.ada_place.id)
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


def clear(db: Db) -> None:
    for module in (posts, lesson_logs, comments, retrospectives, project_notes):
        db[module.NAME].delete_many({})
