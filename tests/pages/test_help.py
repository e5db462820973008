"""The pages of help: what learners type, what staff do with it, and what peers never see."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.helping import ERROR, OTHER, SAME, asks, learner, stands_in_queue
from tests.pages.browser import check_page, sign_in
from tracker.documents import cohorts, help_requests, lesson_logs, problems
from tracker.documents.schema import Db
from tracker.models import CohortState, LogState, ProblemState, Verdict
from tracker.use_cases.accounts import change_look
from tracker.use_cases.answering_help import answer_problem
from tracker.use_cases.asking_for_help import judge_answer

HELP = "/cohorts/ai-7/help"
FORM = {"lesson": "sql", "tried": "Restarted it.", "error": ERROR, "key": "a" * 24}
ANSWER = {"title": "nginx: the port is taken", "text": "**Stop** the other one.", "number": "0"}


@pytest.fixture
def cast(db: Db, cast: Cast) -> Cast:
    for person in (cast.ada, cast.ben, cast.cleo, cast.dana):
        change_look(db, person.id, language="en", theme="auto")
    return cast


def requests_of(db: Db, cast: Cast) -> list[str]:
    return [each.title for each in help_requests.list_short_for_cohort(db, cast.ai7.id)]


def test_ada_is_stuck_and_her_log_says_so(client: FlaskClient, db: Db, cast: Cast) -> None:
    sign_in(client, cast.ada)
    page = check_page(client.get(f"{HELP}/ask?lesson=sql"))
    assert '<option selected value="sql">' in page
    assert "Set my log of this lesson to stuck" in page
    answer = client.post(f"{HELP}/ask", data={**FORM, "mark_stuck": "y"})
    assert answer.location == HELP
    assert "waiting for a coach" in check_page(client.get(HELP))
    log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["sql"].id)
    assert log is not None
    assert log.state is LogState.STUCK
    assert "Set my log" not in client.get(f"{HELP}/ask?lesson=sql").text
    assert f"{HELP}/ask?lesson=sql" in check_page(client.get("/"))


def test_her_log_stays_where_she_takes_the_tick_away(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    sign_in(client, cast.ada)
    client.post(f"{HELP}/ask", data=FORM)
    assert lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["sql"].id) is None


def test_a_form_that_is_sent_twice_asks_once(client: FlaskClient, db: Db, cast: Cast) -> None:
    sign_in(client, cast.ada)
    client.post(f"{HELP}/ask", data=FORM)
    client.post(f"{HELP}/ask", data=FORM)
    assert len(requests_of(db, cast)) == 1


@pytest.mark.parametrize(
    "other", [{"error": OTHER}, {"error": ""}, {"tried": "Rebooted."}, {"lesson": "django"}]
)
def test_what_is_written_over_a_sent_form_is_another_request(
    client: FlaskClient, db: Db, cast: Cast, other: dict[str, str]
) -> None:
    """Whoever goes back to a form that was sent finds it with the key that it had."""
    sign_in(client, cast.ada)
    for sent in (FORM, {**FORM, **other}, FORM, {**FORM, **other}):
        assert client.post(f"{HELP}/ask", data=sent).location == HELP
    told = list(db["help_requests"].find({}, {"lesson_key": 1, "tried": 1, "error": 1}))
    assert len(told) == 2
    assert {(each["tried"], each["error"]) for each in told} == {
        (sent["tried"], sent["error"]) for sent in (FORM, {**FORM, **other})
    }
    assert {each["lesson_key"] for each in told} == {"sql", other.get("lesson", "sql")}


def test_two_questions_without_an_error_text_under_one_key_are_two_problems(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    sign_in(client, cast.ada)
    for tried in ("What is a join?", "What is an index?"):
        client.post(f"{HELP}/ask", data={**FORM, "error": "", "tried": tried})
    assert db["problems"].count_documents({}) == 2


def test_nobody_sends_under_anothers_key(client: FlaskClient, db: Db, cast: Cast) -> None:
    request, _problem = asks(db, cast, by=learner(db, cast, "Eve"))
    sign_in(client, cast.ada)
    assert client.post(f"{HELP}/ask", data={**FORM, "key": request}).status_code == 404
    assert len(requests_of(db, cast)) == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"tried": "", "error": " \n "}, "Write what you tried, or paste the error text."),
        ({"tried": "x" * 5_001}, "shorten it by 1."),
        ({"error": "x" * 20_003}, "shorten it by 3."),
        ({"lesson": "none"}, "Not a valid choice"),
        ({"lesson": {"$gt": ""}}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_sent_is_told_and_kept(
    client: FlaskClient, db: Db, cast: Cast, wrong: dict[str, str], told: str
) -> None:
    sign_in(client, cast.ada)
    data = {**FORM, "tried": "kept", **wrong}
    page = check_page(client.post(f"{HELP}/ask", data=data), 422)
    assert told in page
    assert requests_of(db, cast) == []
    if "tried" not in wrong:
        assert ">\r\nkept</textarea>" in page or ">\nkept</textarea>" in page


def test_similar_problems_are_offered_while_typing(client: FlaskClient, db: Db, cast: Cast) -> None:
    request, problem = asks(db, cast, by=(eve := learner(db, cast, "Eve")), tried="Eve's words")
    answer_problem(
        db, cast.reader("ben"), problem.id, title="Port", text="Stop it.", number=0, at=cast.at
    )
    sign_in(client, cast.ada)
    assert client.post(f"{HELP}/similar", data={"error": SAME}).text.strip() == ""
    judge_answer(db, eve[1], request, Verdict.SOLVED, number=1, at=cast.at)
    found = client.post(f"{HELP}/similar", data={"error": SAME}).text
    assert "Stop it." in found
    for hidden in ("Eve", "learner"):
        assert hidden not in found
    assert "Stop it." in check_page(client.get(HELP))
    assert "Eve" not in client.get(HELP).text


def test_ben_answers_once_and_ada_finds_it(client: FlaskClient, db: Db, cast: Cast) -> None:
    request, problem = asks(db, cast, tried="A <b>secret</b> try")
    sign_in(client, cast.ben)
    page = check_page(client.get(HELP))
    assert "1 learner" in page
    assert "no owner yet" in page
    address = f"{HELP}/problems/{problem.id}"
    page = check_page(client.get(address))
    assert "A &lt;b&gt;secret&lt;/b&gt; try" in page
    assert ERROR in page
    client.post(f"{address}/take")
    client.post(f"{address}/answer", data=ANSWER)
    assert "Nobody is waiting" in check_page(client.get(HELP))
    assert "nginx: the port is taken" in check_page(client.get(f"{HELP}?show=answered"))
    client.post("/logout")
    sign_in(client, cast.ada)
    assert "There is an answer to “nginx: the port is taken”" in check_page(client.get("/"))
    assert "<strong>Stop</strong>" in check_page(client.get(HELP))
    verdict = f"{HELP}/requests/{request}/verdict"
    client.post(verdict, data={"verdict": "still", "number": "1"})
    assert problems.get(db, problem.id).figures.still == 1
    assert "There is an answer" not in client.get("/").text
    client.post(verdict, data={"verdict": "solved", "number": "1"})
    assert problems.get(db, problem.id).state is ProblemState.SOLVED


def test_an_answer_needs_a_title_and_a_text(client: FlaskClient, db: Db, cast: Cast) -> None:
    _request, problem = asks(db, cast)
    sign_in(client, cast.ben)
    address = f"{HELP}/problems/{problem.id}/answer"
    page = check_page(client.post(address, data={**ANSWER, "text": " "}), 422)
    assert "Write the answer first." in page
    assert 'value="nginx: the port is taken"' in page
    page = check_page(client.post(address, data={**ANSWER, "title": ""}), 422)
    assert "Give the problem a title" in page
    assert problems.get(db, problem.id).answer is None


def test_two_who_answer_at_once_see_both_texts(client: FlaskClient, db: Db, cast: Cast) -> None:
    _request, problem = asks(db, cast)
    sign_in(client, cast.ben)
    address = f"{HELP}/problems/{problem.id}/answer"
    client.post(address, data=ANSWER)
    page = check_page(client.post(address, data={**ANSWER, "text": "Mine"}), 409)
    assert "<strong>Stop</strong>" in page
    assert "Mine" in page
    assert 'name="number" value="1"' in page


def test_ben_merges_and_splits(client: FlaskClient, db: Db, cast: Cast) -> None:
    _request, older = asks(db, cast, ERROR)
    request, newer = asks(db, cast, OTHER, by=learner(db, cast, "Eve"))
    sign_in(client, cast.ben)
    address = f"{HELP}/problems/{newer.id}"
    assert f'<option value="{older.id}">' in check_page(client.get(address))
    kept = client.post(f"{address}/merge", data={"into": older.id}).location
    assert kept == f"{HELP}/problems/{older.id}"
    assert client.get(address).location == kept
    page = check_page(client.get(kept))
    assert "2 learners" in page
    refused = client.post(f"{kept}/split", data={"new_title": "Flask is missing"})
    assert "Choose the requests" in check_page(refused, 422)
    data = {"new_title": "Flask is missing", "requests": [request]}
    split = client.post(f"{kept}/split", data=data).location
    assert "1 learner" in check_page(client.get(split))
    assert ">Eve</a>" in client.get(split).text
    assert ">Eve</a>" not in client.get(kept).text


def test_ben_cannot_merge_with_a_problem_of_another_cohort(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    _request, ours = asks(db, cast)
    _request, theirs = asks(db, cast, OTHER, by=(cast.cleo, cast.cleo_place), lesson=None)
    sign_in(client, cast.ben)
    assert client.get(f"{HELP}/problems/{theirs.id}").status_code == 404
    refused = client.post(f"{HELP}/problems/{ours.id}/merge", data={"into": theirs.id})
    assert refused.status_code == 422


def test_cleo_sees_nothing_of_another_cohort(client: FlaskClient, db: Db, cast: Cast) -> None:
    request, _problem = asks(db, cast)
    sign_in(client, cast.cleo)
    data = {"verdict": "solved", "number": "0"}
    for prefix in (HELP, "/cohorts/web-3/help"):
        answer = client.post(f"{prefix}/requests/{request}/verdict", data=data)
        assert answer.status_code == 404
    assert "nginx" not in check_page(client.get("/cohorts/web-3/help"))


def test_learners_see_their_own_place_alone(client: FlaskClient, db: Db, cast: Cast) -> None:
    stands_in_queue(db, cast, learner(db, cast, "Eve"))
    sign_in(client, cast.ada)
    queue = f"{HELP}/queue"
    refused = check_page(client.post(queue, data={"topic": " "}), 422)
    assert "Say in a few words" in refused
    client.post(queue, data={"topic": "joins"})
    page = check_page(client.get(queue))
    assert "You are number 2 in the queue." in page
    assert "Eve" not in page
    client.post(f"{queue}/own", data={"what": "away"})
    assert "your place is kept" in check_page(client.get(queue))
    part = client.get(queue, headers={"HX-Request": "true"}).text
    assert "<h1" not in part
    assert "You are number 2" in part
    client.post(f"{queue}/own", data={"what": "leave"})
    assert "You are not in the queue." in check_page(client.get(queue))


def test_ben_takes_ada_out_of_the_queue(client: FlaskClient, db: Db, cast: Cast) -> None:
    ticket = stands_in_queue(db, cast)
    sign_in(client, cast.ben)
    queue = f"{HELP}/queue"
    assert "Nobody was taken" in check_page(client.get(queue))
    client.post(f"{queue}/{ticket}", data={"what": "take"})
    page = check_page(client.get(queue))
    assert "with Ben" in page
    assert "1 taken in 14 days" in page
    client.post(f"{queue}/{ticket}", data={"what": "take"})
    assert "A colleague was quicker" in client.get(queue).text
    client.post(f"{queue}/{ticket}", data={"what": "done"})
    assert "Nobody waits." in check_page(client.get(queue))


def test_staff_of_the_next_cohort_see_what_was_solved_before(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    request, problem = asks(db, cast)
    answer_problem(
        db, cast.reader("ben"), problem.id, title="Port", text="Stop it.", number=0, at=cast.at
    )
    judge_answer(db, cast.ada_place, request, Verdict.SOLVED, number=1, at=cast.at)
    db["problems"].update_one(
        {"_id": problem.id}, {"$set": {"cohort_id": cast.web3.id, "cohort_starts_on": "2026-01-05"}}
    )
    for person, seen in ((cast.ben, True), (cast.ada, False)):
        sign_in(client, person)
        page = check_page(client.get("/cohorts/ai-7/lessons/sql"))
        assert ("Known problems of this lesson" in page) is seen
        assert "Ada" not in page or person is cast.ada
        client.post("/logout")


def test_an_archived_cohort_asks_for_nothing(client: FlaskClient, db: Db, cast: Cast) -> None:
    _request, problem = asks(db, cast)
    cohorts.set_state(db, cast.ai7.id, CohortState.ARCHIVED)
    sign_in(client, cast.ada)
    assert f"{HELP}/ask" not in check_page(client.get(HELP))
    assert client.post(f"{HELP}/ask", data=FORM).status_code == 403
    client.post("/logout")
    sign_in(client, cast.ben)
    assert "/answer" not in check_page(client.get(f"{HELP}/problems/{problem.id}"))


def test_no_text_of_a_learner_is_in_the_activity(client: FlaskClient, db: Db, cast: Cast) -> None:
    asks(db, cast, tried="unmistakable words")
    told = list(db["activity"].find())
    assert any(each["verb"] == "asked_for_help" for each in told)
    assert "unmistakable" not in str(told)
    assert "nginx" not in str(told)
