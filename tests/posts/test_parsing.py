"""Reading posts: nothing is lost, and structure is told apart from look-alikes."""

import pytest
from hypothesis import example, given, settings

from tests.posts.support import POSTS, TEXTS, normalised, read
from tracker.posts.composing import export_post
from tracker.posts.decoding import UndecodableError, decode
from tracker.posts.parsing import parse_post
from tracker.posts.parts import PartKind, joined_text, section_text


@given(TEXTS)
@settings(max_examples=400, deadline=None)
@example("a\u2028b\x0c\x85\x1c\n# c")
@example("\ufeff# title")
def test_a_text_without_front_matter_is_kept_to_the_last_character(text):
    post = parse_post(text)
    if not post.front_matter_text and not post.front_matter:
        assert normalised(text).endswith(post.body)
    if not normalised(text).lstrip("\ufeff \t\n").startswith("---"):
        assert post.body == normalised(text)
    assert all(part.text for part in post.parts)


@given(POSTS)
@settings(max_examples=400, deadline=None)
def test_front_matter_and_body_are_the_whole_post(text):
    post = parse_post(text)
    whole = normalised(text)
    assert whole.endswith(post.body)
    if post.front_matter:
        above = whole[: len(whole) - len(post.body)]
        assert above.strip("\ufeff \t\n").removeprefix("---").removesuffix("---").strip(" \t") in (
            f"\n{post.front_matter_text}",
            f"\n{post.front_matter_text}".rstrip(" \t"),
        )


@given(POSTS)
@settings(max_examples=600, deadline=None)
@example("---\n---\n---\na: b\n---\n")
@example("---\n---\n---\n---")
@example("  ---\n  a: |\n      x\n      ---\n  ---\nbody")
@example("---\na: 'x\n\n  y'\nb: [c] d\n---\n")
def test_an_exported_post_reads_back_the_same(text):
    post = parse_post(text)
    again = parse_post(export_post(post))
    assert again.body == post.body
    assert again.front_matter == post.front_matter
    assert list(again.front_matter) == list(post.front_matter)
    assert [part.heading for part in again.parts] == [part.heading for part in post.parts]


def test_indented_front_matter_with_values_that_yaml_refuses():
    assert parse_post(read("web-step.md")).front_matter == {
        "title": "[Bootcamp] week 9: STEP 2 wrap-up",
        "date": "2024-03-08 09:10:11.500 +0900",
        "categories": ["study", "web"],
        "tags": ["notes"],
        "version": "1.10",
        "description": "스텝 2를 마치며",
    }


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", ["", "\ufeff", "\n \n\t\n"])
def test_front_matter_after_blank_lines_marks_and_any_line_ending(before, ending):
    post = parse_post(before + ending.join(["---", "title: A", "n: 007", "---", "# B", ""]))
    assert post.front_matter == {"title": "A", "n": "007"}
    assert post.front_matter_text == "title: A\nn: 007\n"
    assert post.body == "# B\n"


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: never closed\n\n# Body\n",
        "---\n\nOne sentence.\n\n---\n\nAnother.\n",
        "---\nNote: a word\n\nand some prose\nover lines\n\n---\n",
        "text first\n---\ntitle: A\n---\n",
        "",
    ],
)
def test_what_is_no_front_matter_is_body(text):
    post = parse_post(text)
    assert (post.front_matter, post.body) == ({}, text)


def test_export_mends_front_matter_that_yaml_refuses_and_leaves_the_rest_as_written():
    mended = export_post(parse_post("  ---\n  title: [A] b\n  n: 1.0\n  ---\nx"))
    assert mended == "---\ntitle: '[A] b'\nn: '1.0'\n---\nx"
    assert export_post(parse_post(" ---\n title:  A # why\n ---\nx")) == (
        "---\ntitle:  A # why\n---\nx"
    )


def test_aliases_and_deep_nesting_in_front_matter_are_read_as_text():
    post = parse_post("---\na: &a [x, x]\nb: [*a, *a]\nc: " + "[" * 5_000 + "\n---\n")
    assert post.front_matter["b"] == "[*a, *a]"
    assert post.front_matter["c"] == "[" * 5_000


def test_front_matter_without_end_in_sight_is_body():
    text = "---\n" + "a: b\n" * 10_000 + "---\n"
    assert parse_post(text).body == text


def test_only_headings_cut():
    headings = [part.heading for part in parse_post(read("web-step.md")).parts]
    assert headings[:4] == ["", "What I learned", "IT infrastructure", "코멘트"]
    assert not [heading for heading in headings if "not a heading" in heading]
    assert "inside HTML" not in headings
    assert "indented code" not in headings


@pytest.mark.parametrize(
    "text",
    [
        "```\n# a\n```\n",
        "    # a\n",
        "- x\n\n  # a\n",
        "> # a\n",
        "<div>\n# a\n</div>\n",
        "<!--\n\n# a\n-->\n",
        "#a\n",
        "####### a\n",
        "\\# a\n",
        "one\ntwo\n---\n",
        "~~~\n# a\n",
    ],
)
def test_look_alikes_are_no_headings(text):
    assert [part.kind for part in parse_post(text).parts] == [PartKind.INTRO]


def test_headings_are_plain_text_and_sections_have_no_blank_ends():
    (part,) = parse_post("## **A** [b](c) `d` ##\n\n  \n text\n\n").parts
    assert (part.heading, part.level, section_text(part)) == ("A b d", 2, " text")
    (setext,) = parse_post("Title\n---\ntext").parts
    assert (setext.heading, setext.level, section_text(setext)) == ("Title", 2, "text")


def test_joined_parts_keep_the_headings_of_the_later_ones():
    parts = parse_post("## A\none\n### B\n\ntwo\n\n").parts
    assert joined_text(parts) == "one\n\n### B\n\ntwo"


def test_comments_know_what_they_stand_under():
    parts = parse_post("# L\n## A\n### a\n#### 코멘트\n## B\n### 1. Comments:\n").parts
    assert [(part.kind.value, part.owner) for part in parts] == [
        ("unfiled", None),
        ("unfiled", None),
        ("lesson", None),
        ("comment", 2),
        ("lesson", None),
        ("comment", 4),
    ]


def test_comments_side_by_side_belong_to_the_heading_before():
    parts = parse_post("# L\n## A\n## 코멘트\n## B\n## 코멘트\n").parts
    assert [part.owner for part in parts] == [None, None, 1, None, 3]


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("---\ntitle: AI STEP 2 끝\n---\n", 2),
        ("---\ntitle: 끝\ndescription: 스텝 3 정리\n---\n# STEP 2\n", 3),
        ("# 2단계 정리\n", 2),
        ("# Notes\n## STEP4 - web\n", 4),
        ("# STEP 1\n# STEP 2\n", 1),
        ("# Notes\n## STEP 1\n## STEP 2\n", None),
        ("# 2단계 인증\n", None),
        ("# Setup\n## A\n### Step 1: install\n", None),
        ("# Footsteps 3\n", None),
    ],
)
def test_the_step_that_a_post_names(text, step):
    assert parse_post(text).step_number == step


@pytest.mark.parametrize(
    ("heading", "number"),
    [
        ("7차 미니프로젝트", 7),
        ("Mini project 7", 7),
        ("7th Mini-Project: Diary", 7),
        ("미니 프로젝트 #3", 3),
        ("빅프로젝트", None),
        ("Capstone", None),
        ("2. 미니프로젝트 4차", 4),
    ],
)
def test_projects_and_their_numbers(heading, number):
    (part,) = parse_post(f"## {heading}\n").parts
    assert (part.kind, part.project_number) == (PartKind.PROJECT, number)


@pytest.mark.parametrize(
    "heading", ["프로젝트 관리", "Projects", "7차시", "회의와 미니프로젝트 준비"]
)
def test_what_only_sounds_like_a_project(heading):
    (part,) = parse_post(f"## {heading}\n").parts
    assert part.kind is PartKind.UNFILED


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("좋았던 점", "retro_good"),
        ("👍 Keep (좋았던 점)", "retro_good"),
        ("What went well", "retro_good"),
        ("What I liked:", "retro_good"),
        ("2. 아쉬웠던 점", "retro_lacking"),
        ("What could be better?", "retro_lacking"),
        ("What was lacking", "retro_lacking"),
        ("다음에 해볼 것 / Try", "retro_next"),
        ("Next time", "retro_next"),
        ("Next try", "retro_next"),
        ("Try", "unfiled"),
        ("Good", "unfiled"),
    ],
)
def test_halves_of_a_retrospective_by_name(heading, kind):
    (part,) = parse_post(f"## {heading}\n").parts
    assert part.kind.value == kind


@pytest.mark.parametrize(
    "text", ["# 회고\n## Good\n", "# Good\n# Try\n", "## Good\n## Next time\n"]
)
def test_short_names_count_inside_a_retrospective(text):
    assert PartKind.RETRO_GOOD in {part.kind for part in parse_post(text).parts}


def test_files_in_utf8_with_or_without_mark_and_cp949():
    assert decode(b"\xef\xbb\xbf" + "가\r\n".encode()) == "가\r\n"
    assert decode("회고".encode("cp949")) == "회고"


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x00", b"\xff\xfe\xff", b"a\x00b"])
def test_what_is_no_text_is_refused(data):
    with pytest.raises(UndecodableError):
        decode(data)
