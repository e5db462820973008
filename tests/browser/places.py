"""Every page that the cast can open, with enough on it to go wrong."""

from __future__ import annotations

from datetime import datetime

from tests.cast import Cast
from tests.helping import ERROR, asks, stands_in_queue
from tracker.curricula import editing
from tracker.curricula.storing import file_of
from tracker.documents.schema import Db
from tracker.models import LogState, Verdict, Visibility
from tracker.reports.curricula import stored_curriculum
from tracker.reports.learners import log_of
from tracker.reports.threads import lesson_subject, log_subject
from tracker.use_cases.answering_help import answer_problem
from tracker.use_cases.asking_for_help import judge_answer
from tracker.use_cases.changing_curricula import change_curriculum
from tracker.use_cases.commenting import Draft, add_comment
from tracker.use_cases.filing_posts import file_post
from tracker.use_cases.importing_people import keep_draft, read_people
from tracker.use_cases.importing_posts import confirm_post, draft_post
from tracker.use_cases.setting_done import set_done
from tracker.use_cases.staff_notes import add_note

COHORT = "/cohorts/ai-7"
WIDE_NOTE = f"""# What I did

| {" | ".join(f"column {number}" for number in range(14))} |
|{"---|" * 14}
| {" | ".join("값" for _ in range(14))} |

```sh
{"sudo nginx -t && " * 12}systemctl reload nginx
```

https://example.com/{"a-very-long-path/" * 12}

- {"가나다라마바사아자차카타파하" * 12}
- ![diagram](img/cloud.png) and `{"inline_code_without_a_break_" * 6}`
"""
POST = (
    "# STEP 2\n\n## SQL\n\n{}\n\n### Comment\n\nToo quick.\n\n# Odds and ends\n\nNowhere to go.\n"
)
FILED = "# STEP 2\n\n## Django\n\n{}\n\n# KPT\n\n## Keep\n\nTests.\n"


def furnish(db: Db, cast: Cast) -> dict[str, str]:
    """Let everyone write something wide; return addresses that hold an id, by name."""
    now = cast.at
    for revision in (0, 1):
        cast.ada_logs(
            db,
            "sql",
            LogState.STUCK,
            revision=revision,
            line="ERROR " + "1045_access_denied_" * 9,
            key_points=("joins", "한 줄에 하나씩 " * 9),
            note=WIDE_NOTE,
            minutes=90,
            understanding=2,
        )
    _talk(db, cast, now)
    batch = _look_after(db, cast, now)
    draft, _new = draft_post(
        db,
        cast.ada_place,
        cast.curriculum,
        file_name="draft-with-a-long-name-" * 3 + ".md",
        data=POST.format(WIDE_NOTE.removeprefix("# What I did")).encode(),
        at=now,
    )
    filed = _file(db, cast, now)
    _archive(db, cast, now)
    return {
        "draft": f"/posts/{draft.id}",
        "filed": f"/posts/{filed}",
        "batch": batch,
        "problem": _ask_for_help(db, cast, now),
    }


def _talk(db: Db, cast: Cast, at: datetime) -> None:
    log = log_of(db, cast.ada_place, cast.lessons["sql"])
    assert log is not None
    sql = cast.lessons["sql"].id
    for subject in (lesson_subject(sql), log_subject(cast.ada_place.id, sql)):
        draft = Draft(text=WIDE_NOTE, visibility=Visibility.STAFF, subject=subject, place="SQL")
        asked = add_comment(db, cast.reader("ada"), draft, at=at)
        answer = Draft(
            text="nginx -t " * 30,
            visibility=Visibility.STAFF,
            subject=subject,
            place="SQL",
            parent_id=asked.id,
        )
        add_comment(db, cast.reader("ben"), answer, at=at)


def _look_after(db: Db, cast: Cast, at: datetime) -> str:
    """Let Ben note something, and Dana set a lesson done and bring in a file; return its page."""
    words = "works best in pairs " * 12 + "https://example.com/" + "a-long-path/" * 9
    add_note(db, cast.reader("ben"), cast.ada_place, words, at=at)
    django = cast.lessons["django"]
    reason = "shown_live_in_the_session_" * 8
    set_done(db, cast.reader("dana"), cast.ada_place, django, reason=reason, at=at)
    roster = f"name,email\n{'가나다라마바사' * 9},{'long-' * 20}@example.org\n".encode()
    name = "people-of-the-cohort-" * 5 + ".csv"
    batch, _ = read_people(db, cast.ai7, roster, by=cast.dana.id, file_name=name, at=at)
    keep_draft(db, batch)
    return f"{COHORT}/people/imports/{batch.id}"


def _ask_for_help(db: Db, cast: Cast, at: datetime) -> str:
    """Let Ada be stuck three times and stand in the queue; return the address of a problem."""
    ben, wide = cast.reader("ben"), "/a-very-long-path" * 12
    for number, error in enumerate((ERROR, f"RuntimeError: {wide}", "fatal: not a git repository")):
        key, problem = asks(db, cast, error, tried="다시 해 봤어요 " * 12)
        if number:
            answer_problem(db, ben, problem.id, title="답변 " * 30, text=WIDE_NOTE, number=0, at=at)
        if number > 1:
            judge_answer(db, cast.ada_place, key, Verdict.SOLVED, number=1, at=at)
    stands_in_queue(db, cast)
    return f"{COHORT}/help/problems/{problem.id}"


def _file(db: Db, cast: Cast, at: datetime) -> str:
    """Let Ada bring in a post and file it where it was offered to go."""
    text = FILED.format(WIDE_NOTE.removeprefix("# What I did"))
    post, _new = draft_post(
        db, cast.ada_place, cast.curriculum, file_name="", data=text.encode(), at=at
    )
    begun = confirm_post(
        db,
        cast.ada_place,
        cast.curriculum,
        post.id,
        places={},
        step_number=2,
        comments_for=Visibility.ME,
        log_state=LogState.DONE,
    )
    file_post(db, cast.ada_place, cast.curriculum, begun, at=at)
    return post.id


def _archive(db: Db, cast: Cast, at: datetime) -> None:
    """Let a lesson leave the curriculum, with Ada's log on it."""
    cast.ada_logs(db, "machine-learning", line="gradient_descent_" * 12)
    file = editing.without_lesson(file_of(stored_curriculum(db, cast.ai7)), "machine-learning")
    what, part = "archive-lesson", "machine-learning"
    change_curriculum(db, cast.ai7, file, what=what, part=part, by=cast.dana.id, at=at)


def pages_of(cast: Cast, name: str, posts: dict[str, str]) -> list[str]:
    """Return what "ada", "ben" or "dana" can open; for "cleo", what she must not see of ai-7."""
    ada = f"{COHORT}/learners/{cast.ada_place.id}"
    problem, imported = posts["problem"], [posts["draft"], posts["filed"]]
    common = [
        f"{COHORT}/",
        f"{COHORT}/dashboard",
        f"{COHORT}/lessons/sql",
        f"{COHORT}/lessons/가상화와-클라우드",
        f"{COHORT}/projects/1",
        f"{COHORT}/projects/2",
        ada,
        f"{ada}/lessons/sql",
        f"{ada}/lessons/sql/versions",
        f"{ada}/lessons/django",
        f"{COHORT}/comments/new?subject=lesson:{cast.lessons['sql'].id}",
        f"{COHORT}/help",
        f"{COHORT}/help/queue",
    ]
    retrospective = f"{COHORT}/steps/2/retrospective"
    curriculum = f"{COHORT}/curriculum"
    edits = ("cohort", "shift", "lesson/django", "split/django", "archive-step/step-2", "undo/1")
    people = [f"{COHORT}/people", f"{COHORT}/people/{cast.ada_place.id}"]
    managing = [
        *(f"{COHORT}/people/imports", posts["batch"]),
        curriculum,
        *(f"{curriculum}/{edit}" for edit in edits),
        f"{curriculum}/return-lesson/machine-learning",
        f"{COHORT}/copy",
        f"{COHORT}/activity",
    ]
    rosters = [f"{COHORT}/people/imports", posts["batch"]]
    staff = [
        *common,
        *people,
        f"{retrospective}?learner={cast.ada_place.id}",
        f"{COHORT}/dashboard?step=all",
        f"{COHORT}/dashboard/attention",
        f"{COHORT}/dashboard/rules",
        f"{COHORT}/dashboard/pulse?step=all",
        f"{COHORT}/help?show=answered",
        problem,
    ]
    return {
        "ada": [
            "/",
            "/account",
            *common,
            retrospective,
            f"{COHORT}/help/ask?lesson=sql",
            "/posts/",
            "/posts/import",
            *imported,
        ],
        "ben": ["/", "/account", *staff],
        "cleo": [*staff, *managing, retrospective, f"{COHORT}/invites", *imported, *rosters],
        "dana": [
            *("/", "/account", "/overview"),
            *staff,
            *managing,
            *rosters,
            f"{COHORT}/invites",
        ],
    }[name]
