"""Writing posts: edits stay in their section, and a fresh post reads back whole."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.posts.support import CURRICULUM, LESSONS, TEXTS, read
from tracker.posts.composing import (
    LessonRecord,
    PostRecord,
    ProjectRecord,
    RetrospectiveRecord,
    compose_post,
    export_post,
)
from tracker.posts.containing import contained, escaped
from tracker.posts.headings import find_headings, plain_text
from tracker.posts.matching import Candidate, file_parts
from tracker.posts.parsing import parse_post
from tracker.posts.parts import joined_text, section_text

STEP_2 = [key for key, (_, step) in LESSONS.items() if step == 2]
COMMENTS = st.lists(TEXTS, max_size=2)


@given(TEXTS, st.integers(1, 6))
@settings(max_examples=400, deadline=None)
@example("```\nopen", 2)
@example("<!-- open", 2)
@example("- ```\n  open", 3)
@example("a #\n===", 2)
def test_a_contained_text_ends_with_its_section(text, level):
    marks = "#" * level
    parts = parse_post(f"{marks} A\n\n{contained(text, level)}\n\n{marks} B\n").parts
    assert [part.heading for part in parts if part.level <= level] == ["A", "B"]


def test_containing_lowers_headings_together_and_makes_part_names_bold():
    text = "# One\n## Two\n코멘트\n---\n# not #\n===\n"
    assert contained(text, 3) == "#### One\n##### Two\n\n**코멘트**\n\n#### not\n==="
    assert contained("# Deep", 6) == "**Deep**"
    assert contained("plain *text*\n\n", 2) == "plain *text*"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=30))
def test_an_escaped_title_reads_as_it_was(text):
    line = " ".join(text.split())
    headings = list(find_headings(f"## {escaped(text)}\n"))
    assert plain_text(escaped(text)) == line
    assert [heading.text for heading in headings] == [line]


@st.composite
def records(draw):
    keys = draw(st.lists(st.sampled_from(STEP_2), unique=True))
    return PostRecord(
        title=draw(st.text(st.characters(codec="utf-8"))),
        date="2024-01-02 03:04:05 +0900",
        step_number=2,
        step_title=draw(st.sampled_from(["", "웹", "Cloud [2]", "# *x*"])),
        lessons=[
            LessonRecord(
                LESSONS[key][0],
                one_line=draw(st.text(max_size=10)),
                key_points=draw(st.lists(st.text(max_size=10), max_size=2)),
                note=draw(TEXTS),
                comments=draw(COMMENTS),
            )
            for key in sorted(keys, key=STEP_2.index)
        ],
        projects=draw(
            st.sampled_from([[], [ProjectRecord(7)], [ProjectRecord(7, "책 목록", note="# A")]])
        ),
        retrospective=RetrospectiveRecord(draw(TEXTS), draw(TEXTS), draw(TEXTS)),
        language=draw(st.sampled_from(["ko", "en"])),
    )


@given(records())
@settings(max_examples=150, deadline=None)
def test_a_composed_post_reads_back_whole(record):
    post = parse_post(compose_post(record))
    result = file_parts(post, CURRICULUM)
    pairs = list(zip(post.parts, result.filings, strict=True))
    titles = {title: key for key, (title, _) in LESSONS.items()}
    retrospective = record.retrospective
    expected = {
        **{titles[lesson.title]: lesson.comments for lesson in record.lessons},
        **{f"p{project.number}": project.comments for project in record.projects},
    }
    assert result.step_number == 2
    assert post.front_matter["date"] == record.date
    assert list(dict.fromkeys(f.target for f in result.filings if f.target)) == list(expected)
    for target, comments in expected.items():
        found = [p for p, f in pairs if (f.kind, f.target) == ("comment", target) and p.level == 3]
        assert [section_text(p) for p in found if p.heading in {"코멘트", "Comments"}] == [
            section_text(parse_post(f"### x\n\n{contained(comment, 3)}").parts[0])
            for comment in comments
            if comment.strip()
        ]
    for kind, text in {
        "retro_good": retrospective.good,
        "retro_lacking": retrospective.lacking,
        "retro_next": retrospective.next_try,
    }.items():
        parts = [part for part, filing in pairs if filing.kind == kind]
        assert bool(parts) == bool(text.strip())


def test_a_fresh_post_in_the_shape_of_the_imported_ones():
    record = PostRecord(
        title="STEP 2: web",
        date="2024-01-02",
        step_number=2,
        step_title="Web",
        lessons=[LessonRecord("C# [1]", "One *line*", ["a", "b"], "# Note\n\ntext", ["Fine."])],
        projects=[ProjectRecord(7, "Diary"), ProjectRecord(8, kind="capstone", note="Plan.")],
        retrospective=RetrospectiveRecord(good="Pace.", next_try="Tests."),
        language="en",
    )
    assert compose_post(record) == (
        "---\ntitle: 'STEP 2: web'\ndate: '2024-01-02'\n---\n\n# STEP 2 Web\n\n"
        "## C\\# \\[1\\]\n\nOne \\*line\\*\n\n- a\n- b\n\n### Note\n\ntext\n\n"
        "### Comments\n\nFine.\n\n## Mini project 7: Diary\n\n## Capstone project 8\n\nPlan.\n\n"
        "# Retrospective\n\n## What went well\n\nPace.\n\n## Next try\n\nTests.\n"
    )


def test_an_edit_changes_its_section_only():
    post = parse_post(read("web-step.md"))
    index = next(at for at, part in enumerate(post.parts) if part.heading == "Comment")
    again = parse_post(export_post(post, {index: "# Better\n```\nopen"}))
    assert [part.heading for part in again.parts if part.heading != "Better"] == [
        part.heading for part in post.parts
    ]
    assert [part.text for part in again.parts[:index]] == [part.text for part in post.parts[:index]]
    assert again.parts[-1].text == post.parts[-1].text


def test_joined_topics_come_back_through_the_first_part():
    post = parse_post("# STEP 2\n## SQL\none\n### A\ntwo\n### 코멘트\nc\n### B\nthree\n## Django\n")
    filings = file_parts(post, CURRICULUM).filings
    own = [filing.part for filing in filings if (filing.kind, filing.target) == ("lesson", "sql")]
    text = joined_text([post.parts[at] for at in own])
    assert text == "one\n\n### A\n\ntwo\n\n### B\n\nthree"
    exported = export_post(post, {own[0]: text, **dict.fromkeys(own[1:])})
    again = parse_post(exported)
    kept = [f.part for f in file_parts(again, CURRICULUM).filings if f.kind == "lesson"][:-1]
    assert joined_text([again.parts[at] for at in kept]) == text
    assert again.body.count("three") == 1


@given(TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_into_one_part_the_others_stay(text, edit):
    post = parse_post(f"# A\n\nx\n\n## B\n\ny\n\n# C\n\n{text}")
    again = parse_post(export_post(post, {1: edit}))
    rest = [part.heading for part in again.parts if part.heading == "C"]
    assert again.parts[0].text == post.parts[0].text
    assert "C" in rest
    assert again.body.endswith("".join(part.text for part in post.parts[2:]))


def test_candidates_of_projects_may_carry_their_number_in_the_title():
    titled = [Candidate("p", "project", "Mini project 4", 1, 0)]
    filings = file_parts(parse_post("# 4차 미니프로젝트\n"), titled).filings
    assert filings[0].target == "p"
