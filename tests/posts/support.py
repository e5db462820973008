"""A curriculum and generators for the tests of posts."""

from pathlib import Path

from hypothesis import strategies as st

from tracker.posts.matching import Candidate

HERE = Path(__file__).parent
REAL_POST = HERE.parents[2] / "shared" / "data" / "step-2-post.md"

LESSONS = {
    "py": ("파이썬 기초", 1),
    "data": ("데이터 분석", 1),
    "infra": ("IT 인프라", 2),
    "web": ("웹 프로그래밍", 2),
    "cloud": ("가상화와 클라우드", 2),
    "sql": ("SQL", 2),
    "django": ("Django", 2),
    "ml": ("머신러닝", 3),
    "k8s": ("쿠버네티스", 3),
}
CURRICULUM = [
    *(
        Candidate(key, "lesson", title, step, position)
        for position, (key, (title, step)) in enumerate(LESSONS.items())
    ),
    Candidate("p6", "project", "6차 미니프로젝트", 1, 20, 6),
    Candidate("p7", "project", "책 목록", 2, 21, 7),
    Candidate("p8", "project", "빅프로젝트", 3, 22, 8),
]

LINES = st.sampled_from([
    "# SQL", "## 웹 프로그래밍 (HTML)", "### 코멘트", "# 소감", "## 좋았던 점", "## Try", "#",
    "####### no", "## 7차 미니프로젝트", "# STEP 2", "title", "===", "---", "***", "", "  ",
    "```", "~~~~", "    code",
    "- item", "  - deep", "  # nested", "> # quoted", "> text", "1. one", "| a | b |", "|---|---|",
    "<div>", "</div>", "<!--", "-->", "<script>", "![](a.png)", "[a]: /b", "\ttab", "key: value",
    "- # in list", "end\u2028of\u2029line", "form\ffeed", "next\x85line", "\x00nul", "\ufeff# bom",
])  # fmt: skip
MARKDOWN = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))).map(
    lambda lines: "".join(line + ending for line, ending in lines)
)
TEXTS = st.one_of(MARKDOWN, st.text(), MARKDOWN.map(lambda text: text.rstrip("\n")))
FRONT_LINES = st.sampled_from([
    "title: [Bootcamp] week 3", "date: 2024-01-02 03:04:05", "tags: ['a', b]", "n: 1.10", "x: @y",
    "---", "list:", "  - one", "- two", "# remark", "", "text: |", "    kept", 'q: "a" b',
    "a: &x 1", "b: *x", "d: 'it''s'", "k: v: w", "empty:", "prose without a key", "제목: 값 #1",
    "u: \u2028\x85", "{a: b}",
])  # fmt: skip
FRONT_MATTER = st.tuples(
    st.sampled_from(["", "\ufeff", "\n\n", " \n", "\r\n"]),
    st.sampled_from(["", "  ", "        ", "\t"]),
    st.lists(FRONT_LINES, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
).map(lambda f: f[0] + "".join(f[1] + line + f[3] for line in ["---", *f[2], "---"]))
POSTS = st.one_of(TEXTS, st.tuples(FRONT_MATTER, TEXTS).map("".join))


def read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def normalised(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
