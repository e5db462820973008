"""Keeping a learner's text inside its section, whatever headings and open fences it holds."""

import re

from tracker.posts.headings import Heading, find_headings, tokens_of
from tracker.posts.vocabulary import is_comment, is_reflection, project_in, retro_half

_FENCES = re.compile(r"`{3,}")
_MARKS = re.compile(r"([\\`*_\[\]<>&#~!|])")
_OPENING = re.compile(r"^(\d{0,9})([-+=.)])")
_END = "\n\n# end"


def contained(text: str, level: int) -> str:
    """Return Markdown that leaves the section under a heading of `level` as one section.

    Headings are lowered together until the uppermost is deeper than `level`; where there is no
    deeper level, and where one reads as a part ("코멘트", "좋았던 점", "Mini project 7"), it
    becomes a bold line. An open code fence is closed. What still reaches out of its section,
    such as an unclosed HTML comment, is shown as code. Blank lines around the text go.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    contained_text = _lowered(_closed("\n".join(lines)), level)
    return contained_text if _stays(contained_text, level) else _as_code("\n".join(lines))


def escaped(text: str) -> str:
    """Return plain text as one line of Markdown that shows it as it is."""
    line = _MARKS.sub(r"\\\1", " ".join(text.split()))
    return _OPENING.sub(r"\1\\\2", line)


def _closed(text: str) -> str:
    if _ends(text):
        return text
    last = tokens_of(text)[-1:]
    return f"{text}\n{last[0].markup}" if last and last[0].type == "fence" else text


def _ends(text: str) -> bool:
    """Tell whether a heading after the text would be one."""
    line = text.count("\n") + 2
    return any(heading.start == line for heading in find_headings(f"{text}{_END}"))


def _lowered(text: str, level: int) -> str:
    headings = list(find_headings(text))
    if not headings:
        return text
    drop = max(0, level + 1 - min(heading.level for heading in headings))
    lines = text.split("\n")
    for heading in reversed(headings):
        deeper = min(6, heading.level + drop)
        if deeper <= level or _reads_as_part(heading):
            lines[heading.start : heading.end] = [
                "",
                f"**{heading.raw}**" if heading.raw else "",
                "",
            ]
        elif deeper != heading.level:
            lines[heading.start : heading.end] = [_atx(heading.raw, deeper)]
    return "\n".join(lines).strip("\n")


def _atx(raw: str, level: int) -> str:
    marks = "#" * level
    return f"{marks} {raw} {marks}" if raw.endswith("#") else f"{marks} {raw}".rstrip()


def _reads_as_part(heading: Heading) -> bool:
    return bool(
        is_comment(heading.text)
        or is_reflection(heading.text)
        or retro_half(heading.text, in_retrospective=True)
        or project_in(heading.text)
    )


def _stays(text: str, level: int) -> bool:
    inside = all(
        heading.level > level and not _reads_as_part(heading) for heading in find_headings(text)
    )
    return inside and _ends(text)


def _as_code(text: str) -> str:
    longest = max((len(fence) for fence in _FENCES.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{text}\n{fence}"
