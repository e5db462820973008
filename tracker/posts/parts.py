"""What a post is made of: front matter, and parts that together are its body."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tracker.posts.vocabulary import step_number_in


class PartKind(str, Enum):
    """What a part is, as far as the post's structure tells."""

    INTRO = "intro"
    STEP = "step"
    LESSON = "lesson"
    COMMENT = "comment"
    PROJECT = "project"
    RETRO_GOOD = "retro_good"
    RETRO_LACKING = "retro_lacking"
    RETRO_NEXT = "retro_next"
    UNFILED = "unfiled"


RETRO_KINDS = frozenset({PartKind.RETRO_GOOD, PartKind.RETRO_LACKING, PartKind.RETRO_NEXT})


@dataclass(frozen=True)
class Part:
    """One stretch of the body: a heading and what follows it, up to the next heading."""

    text: str  # raw, with the heading line and trailing blank lines
    heading: str = ""  # without markup; "" if there is none
    level: int = 0  # 1 to 6; 0 if there is no heading
    kind: PartKind = PartKind.UNFILED
    project_number: int | None = None
    owner: int | None = None  # of a comment: index of the part it stands under
    section_start: int = 0  # where in `text` the section below the heading begins


@dataclass(frozen=True)
class Post:
    """A parsed post; nothing of its body is lost."""

    parts: tuple[Part, ...]
    front_matter: Mapping[str, Any] = field(default_factory=dict)  # str, list or dict values
    front_matter_text: str = ""  # as written between the fences, lines ending in LF

    @property
    def body(self) -> str:
        """Everything below the front matter, as written, lines ending in LF."""
        return "".join(part.text for part in self.parts)

    @property
    def title(self) -> str:
        """The front matter's title, else the first h1, else ""."""
        title = self.front_matter.get("title")
        if isinstance(title, list):
            title = ", ".join(str(item) for item in title)
        if isinstance(title, str) and title.strip():
            return title.strip()
        return next((part.heading for part in self.parts if part.level == 1), "")

    @property
    def step_number(self) -> int | None:
        """The STEP named by title or description, else by the one STEP heading; else None."""
        for text in (self.title, self.front_matter.get("description")):
            number = step_number_in(text) if isinstance(text, str) else None
            if number is not None:
                return number
        steps = [part for part in self.parts if part.kind is PartKind.STEP]
        top = min((part.level for part in steps), default=0)
        numbers = {step_number_in(part.heading) for part in steps if part.level == top}
        return numbers.pop() if len(numbers) == 1 else None


def section_text(part: Part) -> str:
    """Return the part's text below its heading, without blank lines around it."""
    lines = part.text[part.section_start :].split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return "\n".join(lines)


def joined_text(parts: Sequence[Part]) -> str:
    """Return as one text the parts filed to one record: the later ones keep their headings.

    This is the text that `export_post` takes back as the first part's new text, with None for
    the others.
    """
    texts = [section_text(part) for part in parts[:1]] + [_trimmed(part) for part in parts[1:]]
    return "\n\n".join(text for text in texts if text)


def parents_of(levels: Sequence[int]) -> list[int | None]:
    """Return for each part the index of the nearest earlier heading of a lower level."""
    parents: list[int | None] = []
    open_headings: list[int] = []
    for index, level in enumerate(levels):
        while open_headings and levels[open_headings[-1]] >= level:
            open_headings.pop()
        parents.append(open_headings[-1] if open_headings and level else None)
        if level:
            open_headings.append(index)
    return parents


def _trimmed(part: Part) -> str:
    heading = part.text[: part.section_start].rstrip("\n")
    section = section_text(part)
    return f"{heading}\n\n{section}" if section else heading
