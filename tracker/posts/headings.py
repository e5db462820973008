"""Where the headings of a Markdown text are, as CommonMark with tables sees it.

Only headings at the top level count: what looks like one inside a fence, an HTML block, indented
code, a list or a quotation is content.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

MAX_LENGTH = 200  # a longer "heading" is a paragraph with a rule right under it
MAX_RENDERED = 2_000  # headings beyond this many keep their raw text, to bound the work

_MARKUP = re.compile(r"[\\`*_\[\]<>&!~]")
_blocks = MarkdownIt("commonmark").enable("table").disable("inline")
_inlines = MarkdownIt("commonmark").enable("strikethrough")


@dataclass(frozen=True)
class Heading:
    """A heading on the lines [start, end) of a text, counted from 0."""

    start: int
    end: int
    level: int  # 1 to 6
    raw: str  # Markdown of the heading's content
    text: str  # the same without markup


def tokens_of(text: str) -> list[Token]:
    """Return the block tokens of a text whose lines end in LF."""
    return _blocks.parse(text.replace("\ufeff", " ", 1) if text[:1] == "\ufeff" else text)


def find_headings(text: str) -> Iterator[Heading]:
    """Yield the top-level headings of a text whose lines end in LF, in order.

    A paragraph of several lines over a rule is a heading to CommonMark and hardly ever to its
    author: it is left out, and so is one of more than MAX_LENGTH characters.
    """
    tokens = tokens_of(text)
    found = 0
    for position, token in enumerate(tokens):
        if token.type != "heading_open" or token.level or token.map is None:
            continue
        raw = tokens[position + 1].content
        if "\n" in raw or len(raw) > MAX_LENGTH:
            continue
        found += 1
        plain = plain_text(raw) if found <= MAX_RENDERED else raw
        yield Heading(token.map[0], token.map[1], int(token.tag[1]), raw, plain)


def plain_text(raw: str) -> str:
    """Return inline Markdown as plain text: link texts and image descriptions stay, marks go."""
    if not _MARKUP.search(raw):
        return raw.strip()
    inline = _inlines.parseInline(raw)[0]
    return "".join(_texts(inline.children or [])).strip()


def _texts(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in {"text", "text_special", "code_inline", "image"}:
            yield token.content
        elif token.type in {"softbreak", "hardbreak"}:
            yield " "
