"""Filing parts to the curriculum: what fits is found, what does not stays unfiled."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.posts.support import CURRICULUM, POSTS, REAL_POST, read
from tracker.posts.claims import THRESHOLD
from tracker.posts.matching import Candidate, file_parts
from tracker.posts.parsing import parse_post
from tracker.posts.titles import likeness, title_of


def filed(text, candidates=CURRICULUM):
    """Return (heading, kind, target) of every part with a heading."""
    post = parse_post(text)
    filings = file_parts(post, candidates).filings
    pairs = zip(post.parts, filings, strict=True)
    return [(part.heading, filing.kind, filing.target) for part, filing in pairs if part.level]


def lessons(*titles, step=2):
    return [Candidate(title, "lesson", title, step, at) for at, title in enumerate(titles)]


@pytest.mark.skipif(not REAL_POST.exists(), reason="the real post is not on this machine")
def test_the_first_real_post():
    text = REAL_POST.read_text(encoding="utf-8")
    post = parse_post(text)
    result = file_parts(post, CURRICULUM)
    kinds = [(filing.kind, filing.target) for filing in result.filings]
    assert result.step_number == post.step_number == 2
    assert list(dict.fromkeys(target for kind, target in kinds if kind == "lesson")) == [
        "infra", "web", "cloud", "sql", "django",
    ]  # fmt: skip
    assert [target for kind, target in kinds if kind == "comment"] == [
        "infra", "web", "cloud", "sql", "django", "p7",
    ]  # fmt: skip
    assert kinds.count(("project", "p7")) == 3
    assert kinds[-3:] == [("unfiled", None), ("retro_good", None), ("retro_lacking", None)]
    assert text.endswith(post.body)
    assert len(post.front_matter) == 6
    assert post.front_matter["date"] == "2023-05-29 05:20:17.460 +0000"


def test_a_messy_post_in_two_languages():
    assert filed(read("web-step.md")) == [
        ("What I learned", "unfiled", None),
        ("IT infrastructure", "lesson", "infra"),
        ("코멘트", "comment", "infra"),
        ("웹프로그래밍 [HTML·CSS]", "lesson", "web"),
        ("Frontend", "lesson", "web"),
        ("Backend", "lesson", "web"),
        ("Comment", "comment", "web"),
        ("남은 이야기", "lesson", "web"),
        ("클라우드와 가상화", "lesson", "cloud"),
        ("느낀 점", "comment", "cloud"),
        ("요가 수업", "unfiled", None),
        ("SQL", "lesson", "sql"),
        ("Mini project 7 - Reading list", "project", "p7"),
        ("API", "project", "p7"),
        ("My comments", "comment", "p7"),
        ("회고", "unfiled", None),
        ("What I liked", "retro_good", None),
        ("What could be better", "retro_lacking", None),
        ("SQL", "retro_lacking", None),
        ("다음에 해 볼 것 (Try)", "retro_next", None),
    ]


def test_lessons_at_the_first_level_with_comments_beside_them():
    assert filed(read("keep-problem-try.md")) == [
        ("파이썬", "unfiled", None),
        ("코멘트", "unfiled", None),
        ("머신 러닝", "lesson", "ml"),
        ("코멘트", "comment", "ml"),
        ("빅프로젝트", "project", "p8"),
        ("소감", "comment", "p8"),
        ("KPT", "unfiled", None),
        ("Keep", "retro_good", None),
        ("Problem", "retro_lacking", None),
        ("Try", "retro_next", None),
    ]


@given(POSTS)
@settings(max_examples=150, deadline=None)
def test_every_part_is_filed_once_and_a_lesson_opens_once(text):
    post = parse_post(text)
    filings = file_parts(post, CURRICULUM).filings
    assert [filing.part for filing in filings] == list(range(len(post.parts)))
    assert all(0.0 <= filing.score <= 1.0 for filing in filings)
    targeted = {"lesson", "project", "comment"}
    assert all((filing.target is not None) == (filing.kind in targeted) for filing in filings)


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("웹프로그래밍 (HTML, CSS)", "웹 프로그래밍"),
        ("가상화 / 클라우드", "가상화와 클라우드"),
        ("Virtualization & Cloud", "가상화와 클라우드"),
        ("Django 활용 Web 개발", "Django"),
        ("장고", "Django"),
        ("Django framework", "Django"),
        ("IT infrastructure", "IT 인프라"),
        ("IT인프라", "IT 인프라"),
        ("Machine Learning basics", "머신러닝 입문"),
        ("3일차 SQL", "SQL"),
        ("2.1 SQL", "SQL"),
        ("【SQL】", "SQL"),
        ("ＳＱＬ", "SQL"),
        ("Kubernets", "Kubernetes "),
        ("Data analysis (pandas)", "데이터 분석"),
    ],
)
def test_the_same_lesson_in_other_words(heading, title):
    assert likeness(title_of(heading), title_of(title)) >= THRESHOLD


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("NoSQL", "SQL"),
        ("Java", "JavaScript"),
        ("React Native", "React"),
        ("앱 프로그래밍", "웹 프로그래밍"),
        ("앱프로그래밍", "웹프로그래밍"),
        ("딥러닝", "머신러닝"),
        ("데이터 시각화", "데이터 분석"),
        ("Python 심화", "Python 기초"),
        ("Python 심화", "Python"),
        ("Python (심화)", "Python (기초)"),
        ("Python (심화)", "Python"),
        ("SQL (이론)", "SQL (실습)"),
        ("SQL (2)", "SQL"),
        ("Django 이론", "Django 실습"),
        ("SQL 2", "SQL 1"),
        ("SQL 2", "SQL"),
        ("데이터 분석 1", "데이터 분석 2"),
        ("클라우드", "가상화와 클라우드"),
        ("SQL 인젝션 방어", "SQL"),
        ("C", "C++"),
        ("C#", "C++"),
        ("네트워크 보안", "네트워크"),
        ("무엇을 배웠을까", "웹 프로그래밍"),
        ("", ""),
        ("!!!", "???"),
    ],
)
def test_near_misses_stay_unfiled(heading, title):
    assert likeness(title_of(heading), title_of(title)) < THRESHOLD


def test_a_topic_named_like_another_lesson_stays_a_topic():
    text = "# STEP 2\n## 가상화 / 클라우드\n### SQL\n#### Django\n## SQL\n### 코멘트\n"
    assert [target for _, _, target in filed(text)] == [
        None,
        "cloud",
        "cloud",
        "cloud",
        "sql",
        "sql",
    ]


def test_a_topic_under_a_lesson_that_the_curriculum_does_not_know_stays_unfiled():
    text = "# STEP 2\n## Django\n## 데이터 엔지니어링\n### SQL\n### 코멘트\n## IT 인프라\n"
    assert [target for _, _, target in filed(text)] == [None, "django", None, None, None, "infra"]


def test_a_lesson_is_filed_once():
    text = "# STEP 2\n## SQL\n### 코멘트\n## SQL\n### 코멘트\n"
    assert [target for _, _, target in filed(text)] == [None, "sql", "sql", None, None]


def test_a_heading_over_several_lessons_is_none_of_them():
    text = "# STEP 2\n# Django 활용 웹 개발\n## IT 인프라\n## 웹 프로그래밍\n## SQL\n"
    assert [target for _, _, target in filed(text)] == [None, None, "infra", "web", "sql"]


def test_the_posts_step_comes_first():
    two = [*lessons("Python", step=1), Candidate("later", "lesson", "Python", 3, 9)]
    assert filed("# STEP 3\n## Python\n", two)[1][2] == "later"
    assert filed("# STEP 1\n## Python\n", two)[1][2] == "Python"


def test_each_section_of_a_post_on_two_steps_is_filed_to_its_own():
    two = [*lessons("Python", step=1), Candidate("later", "lesson", "Python", 2, 9)]
    text = "# STEP 1\n## Python\n# STEP 2\n## Python\n"
    assert [target for _, _, target in filed(text, two)] == [None, "Python", None, "later"]


def test_without_a_step_the_other_lessons_tell_it():
    post = parse_post("# SQL\n# Django\n# 쿠버네티스\n")
    assert file_parts(post, CURRICULUM).step_number == 2


def test_a_choice_that_nothing_decides_is_not_made():
    two = [*lessons("Python", step=1), Candidate("later", "lesson", "Python", 3, 9)]
    assert filed("# Notes\n## Python\n", two)[1][1] == "unfiled"


def test_lessons_of_one_name_are_told_apart_by_order():
    order = [*lessons("실전", "SQL"), Candidate("second", "lesson", "실전", 2, 5)]
    assert filed("# STEP 2\n## SQL\n## 실전\n", order)[2][2] == "second"
    assert [f[2] for f in filed("# STEP 2\n## 실전\n## SQL\n## 실전\n", order)] == [
        None, "실전", "SQL", "second",
    ]  # fmt: skip


def test_lessons_out_of_order_are_still_found():
    text = "# STEP 2\n## Django\n## SQL\n## IT 인프라\n"
    assert [target for _, _, target in filed(text)] == [None, "django", "sql", "infra"]


def test_topics_of_the_curriculum_lift_a_doubtful_match():
    doubtful = [Candidate("net", "lesson", "네트워크 장비 운영", 2, 0, topics=("OSI", "라우팅"))]
    assert filed("# STEP 2\n## 네트워크 장비\n### 잡담\n", doubtful)[1][1] == "unfiled"
    assert filed("# STEP 2\n## 네트워크 장비\n### OSI\n### 라우팅\n", doubtful)[1][2] == "net"


@pytest.mark.parametrize("level", ["##", "####"])
def test_a_project_goes_by_its_number(level):
    text = f"# STEP 2\n## SQL\n### 코멘트\n{level} 7차 미니프로젝트\n##### 코멘트\n"
    assert [f[1:] for f in filed(text)[3:]] == [("project", "p7"), ("comment", "p7")]


def test_a_project_with_an_unknown_number_is_unfiled_with_its_comment():
    assert [f[1] for f in filed("# STEP 2\n## SQL\n## 9차 미니프로젝트\n### 코멘트\n")] == [
        "unfiled", "lesson", "unfiled", "unfiled",
    ]  # fmt: skip


def test_a_project_named_inside_a_lesson_is_a_topic():
    text = "# STEP 2\n## Django\n### 7차 미니프로젝트 준비\n### 미니프로젝트\n"
    assert [f[1] for f in filed(text)] == ["unfiled", "lesson", "lesson", "lesson"]


def test_a_look_back_under_a_lesson_is_a_comment_on_it():
    text = "# STEP 2\n## SQL\n### 소감\n#### 좋았던 점\n## Django\n## 소감\n### 좋았던 점\n"
    assert [f[1:] for f in filed(text)[1:]] == [
        ("lesson", "sql"),
        ("comment", "sql"),
        ("comment", "sql"),
        ("lesson", "django"),
        ("unfiled", None),
        ("retro_good", None),
    ]


@given(st.lists(st.sampled_from(sorted("ab가나12 ()")), max_size=8).map("".join))
def test_every_title_with_a_word_is_like_itself(text):
    title = title_of(text)
    assert likeness(title, title) == (1.0 if title.words else 0.0)
