"""Reading curriculum files: what is accepted, and what each mistake is told."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.curricula.file import CurriculumFile, free_slug, slug_of
from tracker.curricula.reading import decode, read_curriculum
from tracker.curricula.yaml_lines import read_yaml
from tracker.errors import Invalid
from tracker.models import ProjectKind

EXAMPLE = Path(__file__).parent.parent / "docs" / "curriculum-example.yaml"
GOOD = """\
cohort:
  slug: ai-7
  name: AI 7기
  starts_on: 2031-03-03
  ends_on: 2031-08-29
steps:
  - number: 1
    title: STEP 1
    starts_on: 2031-03-03
    ends_on: 2031-05-16
    lessons:
      - title: SQL
        starts_on: 2031-03-03
        ends_on: 2031-03-05
        hours: 24
      - title: Django
        starts_on: 2031-03-06
        ends_on: 2031-03-12
        hours: 40
    projects:
      - number: 1
        title: Bicycles
        starts_on: 2031-03-13
        ends_on: 2031-03-14
      - number: 2
        title: Cars
        starts_on: 2031-03-17
        ends_on: 2031-03-18
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(Invalid) as caught:
        read_curriculum(text)
    return caught.value.problems


def is_read_or_refused(read: Callable[[str], object], text: str) -> bool:
    """Tell whether it is read, or every problem says something; any other error escapes."""
    try:
        return read(text) is not None
    except Invalid as error:
        return all(error.problems)


def test_the_documented_example_is_read() -> None:
    file = read_curriculum(EXAMPLE.read_text(encoding="utf-8"))

    assert [step.number for step in file.steps] == [1, 2, 3]
    first = file.steps[0]
    assert [lesson.stable_key for lesson in first.lessons] == ["파이썬", "machine-learning"]
    assert file.steps[2].projects[0].kind is ProjectKind.CAPSTONE


def test_the_documented_example_names_every_key() -> None:
    example = EXAMPLE.read_text(encoding="utf-8")

    def keys(schema: dict[str, dict[str, dict[str, object]]]) -> set[str]:
        parts = [schema, *schema["$defs"].values()]
        return {key for part in parts for key in part.get("properties", {})}

    missing = {key for key in keys(CurriculumFile.model_json_schema()) if f"{key}:" not in example}
    assert missing == set()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("hours: 24", "hours: many", "line 15: hours: 'many' is no number; write it as 8 or 7.5"),
        ("hours: 24", "hours: .inf", "line 15: hours: inf is no number; write it as 8 or 7.5"),
        ("hours: 24", "hours: 2000", "line 15: hours: 2000 is too big; write 1000.0 or less"),
        ("hours: 24", "hours: yes", "line 15: hours: 'True' is no number; write it as 8 or 7.5"),
        ("hours: 24", "huors: 24", "line 15: huors: unknown key; did you mean hours?"),
        (
            "title: SQL",
            "title: no",
            'line 12: title: this is not text; put it in quotes, as "False"',
        ),
        (
            "  slug: ai-7",
            "  slug: ai 7",
            "line 2: slug: 'ai 7' cannot stand in an address; use letters, digits and -",
        ),
        (
            "  ends_on: 2031-08-29\n",
            "",
            "line 1: ends_on: is missing; add `ends_on: 2031-03-02`",
        ),
        (
            "  name: AI 7기",
            "  name: AI 7기\n  name: AI 8기",
            "line 4: name: stands in line 3 already; keep one of them",
        ),
        (
            "  name: AI 7기",
            "  name: AI 7기\n  time_zone: Asia/Soul",
            "line 4: time_zone: no time zone is named 'Asia/Soul'; did you mean Asia/Seoul?",
        ),
        (
            "ends_on: 2031-03-05",
            "ends_on: 2031-02-30",
            "line 14: 2031-02-30 is no date that exists; correct it",
        ),
        (
            "ends_on: 2031-03-05",
            "ends_on: 2031-03-02",
            "line 14: ends_on: 2031-03-02 is before 2031-03-03; correct one of them",
        ),
        (
            "ends_on: 2031-03-05",
            "ends_on: 2031-05-17",
            "line 14: ends_on: 2031-05-17 is outside: STEP 1 runs from 2031-03-03 to 2031-05-16;"
            " correct one of them",
        ),
        (
            "title: Django",
            "title: sql",
            "line 16: key: the lesson key sql is used twice; give each its own `key`",
        ),
        (
            "number: 2",
            "number: 1",
            "line 25: number: the project number 1 is used twice; give each its own `number`",
        ),
        (
            "title: Cars",
            "title: Cars\n        kind: big",
            "line 27: kind: 'big' is not known; write 'mini' or 'capstone'",
        ),
        (
            "title: SQL",
            "title: SQL\n        outline: joins",
            "line 13: outline: this is not a list; begin each entry on its own line with `- `",
        ),
        (
            "title: SQL",
            "title: SQL: joins",
            'line 12: mapping values are not allowed here; put a text that holds ": " in quotes',
        ),
        (
            "    title: STEP 1",
            "\ttitle: STEP 1",
            "line 8: found character '\\t' that cannot start any token;"
            " indent with spaces, not with tabs",
        ),
        ("title: SQL", "title: 'SQL", None),
    ],
)
def test_a_mistake_is_told_with_line_key_and_remedy(
    old: str, new: str, problem: str | None
) -> None:
    assert old in GOOD
    told = problems_of(GOOD.replace(old, new, 1))

    if problem is None:
        assert told[0].startswith("line ")
    else:
        assert problem in told


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = GOOD.replace("hours: 24", "hours: a").replace("slug: ai-7", "slug: a b")

    assert [problem.split(":")[0] for problem in problems_of(text)] == ["line 2", "line 15"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the file is empty"),
        ("# nothing but a comment\n", "the file is empty"),
        ("cohort: &a {name: x}\nother: *a", "*a is an alias"),
        ("cohort: !!python/object/apply:os.system ['true']", "is not allowed"),
        ("cohort: !secret x", "the tag !secret is not allowed"),
        ("a: {<<: {b: 1}}", "a key must be a word"),
        ("1: one", "a key must be a word"),
        ("---\na: 1\n---\nb: 2", "keep one document"),
        ("[" * 100_000, "nested too deeply"),
        ("a: \x07", "a control character"),
        ('a: "\\ud800"', "half a character"),
        ("x" * 10_000_000, "the file has 10,000,000 characters"),
        ("just words", "this holds no keys"),
        ("- a\n- b", "this holds no keys"),
    ],
)
def test_what_is_no_curriculum_is_refused(text: str, problem: str) -> None:
    told = problems_of(text)

    assert len(told) == 1
    assert problem in told[0]


def test_a_billion_laughs_stay_three_lines() -> None:
    bomb = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]"

    assert problems_of(bomb) == ["line 2: *a is an alias; write the value out instead"]


def test_a_file_that_is_not_utf_8_names_the_line() -> None:
    with pytest.raises(Invalid, match="line 2: the file is not UTF-8"):
        decode("a: 1\nb: 기수".encode("euc-kr"))


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode(b"\xef\xbb\xbfa: 1") == "a: 1"


def test_decomposed_hangul_gives_the_same_key() -> None:
    composed, decomposed = (
        read_curriculum(GOOD.replace("SQL", title))
        for title in ("가상화", "\u1100\u1161\u1109\u1161\u11bc\u1112\u116a")
    )

    assert composed == decomposed


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("SQL 기초!", "sql-기초"),
        ("가상화와 클라우드", "가상화와-클라우드"),
        ("C++", "c"),
        ("???", "lesson"),
        ("a_b", "a-b"),
        ("ㄱ" * 200, "ㄱ" * 80),
    ],
)
def test_a_slug_holds_letters_of_any_script(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_a_taken_slug_gets_a_number() -> None:
    assert free_slug("SQL", {"sql", "sql-2"}) == "sql-3"


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert is_read_or_refused(read_yaml, text)


@given(st.text(alphabet="[]{}:-?,&*!|>'\"%@ \nab1~", max_size=60))
def test_any_yaml_is_read_or_refused(text: str) -> None:
    assert is_read_or_refused(read_curriculum, text)
