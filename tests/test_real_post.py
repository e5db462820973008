"""The post that a learner of such a bootcamp really wrote, where it lies beside the project."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tracker.clock import utc_now
from tracker.documents import (
    cohorts,
    comments,
    enrolments,
    lesson_logs,
    people,
    project_notes,
    retrospectives,
)
from tracker.documents.schema import Db
from tracker.posts.parsing import parse_post
from tracker.reports.membership import curriculum_of
from tracker.use_cases.checking import check
from tracker.use_cases.demo import Size, load_demo

REAL_POST = Path(__file__).resolve().parents[2] / "shared" / "data" / "step-2-post.md"
LESSONS = ["IT 인프라", "웹 프로그래밍", "가상화와 클라우드", "SQL", "Django"]

pytestmark = pytest.mark.skipif(
    not REAL_POST.exists(), reason="the real post is not beside this checkout (../shared/data)"
)


def run(app: Flask, *words: str) -> str:
    result = app.test_cli_runner().invoke(args=["posts", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_real_post_goes_in_and_comes_out_whole(app: Flask, db: Db, tmp_path: Path) -> None:
    load_demo(db, Size(learners=8, lessons=22, seed=7), at=utc_now())
    whose = ["--cohort", "ai-demo", "--learner", "learner@demo.example"]
    ada = people.get_by_email(db, "learner@demo.example")
    cohort = cohorts.get_by_slug(db, "ai-demo")
    place = enrolments.find_for(db, cohort.id, ada.id)
    step = curriculum_of(db, cohort).step(2)
    assert place is not None
    assert step is not None
    before = len(comments.list_by_author(db, ada.id, cohort.id))

    dry = run(app, "import", str(REAL_POST), *whose, "--dry-run")
    assert "STEP 2" in dry
    assert len(comments.list_by_author(db, ada.id, cohort.id)) == before
    run(app, "import", str(REAL_POST), *whose)

    filed = {log.lesson_id for log in lesson_logs.list_for_learner(db, place.id) if log.imported}
    assert [one.title for one in curriculum_of(db, cohort).lessons if one.id in filed] == LESSONS
    said = comments.list_by_author(db, ada.id, cohort.id)
    assert len([comment for comment in said if comment.post_id]) == 6
    notes = [note for note in project_notes.list_for_learner(db, place.id) if note.imported]
    projects = {project.id: project.number for project in curriculum_of(db, cohort).projects}
    assert [projects[note.project_id] for note in notes] == [7]
    look = retrospectives.find_for(db, place.id, step.id)
    assert look is not None
    assert [part.kind for part in look.imported] == ["retro_good", "retro_lacking"]

    assert "is in already" in run(app, "import", str(REAL_POST), *whose)
    run(app, "export", *whose, "--out", str(tmp_path))
    came_out = parse_post((tmp_path / REAL_POST.name).read_text(encoding="utf-8"))
    went_in = parse_post(REAL_POST.read_text(encoding="utf-8"))
    assert came_out.body == went_in.body
    assert came_out.front_matter == went_in.front_matter
    assert check(db) == []
