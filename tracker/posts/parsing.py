"""From a Markdown post to its parts.

The body is cut at every top-level heading. What a part is, is told here by structure alone; which
lesson or project it is about is decided by `matching`, with the curriculum at hand.
"""

from collections import Counter
from dataclasses import replace

from tracker.posts.front_matter import split_front_matter
from tracker.posts.headings import find_headings
from tracker.posts.parts import RETRO_KINDS, Part, PartKind, Post, parents_of
from tracker.posts.vocabulary import (
    is_comment,
    is_reflection,
    project_in,
    retro_half,
    step_number_in,
)

STEP_LEVELS = (1, 2)  # deeper, "Step 1: install" is an instruction


def parse_post(text: str) -> Post:
    """Parse a post; never raises. Line endings become LF, nothing else of the body changes."""
    split = split_front_matter(text.replace("\r\n", "\n").replace("\r", "\n"))
    parts = _with_kinds(_cut(split.body))
    return Post(tuple(parts), split.values, split.text)


def _cut(body: str) -> list[Part]:
    """Cut the body before every heading; the texts put together are the body."""
    lines = [f"{line}\n" for line in body.split("\n")]
    lines[-1] = lines[-1][:-1]
    headings = list(find_headings(body))
    ends = [heading.start for heading in headings[1:]] + [len(lines)]
    intro = "".join(lines[: headings[0].start] if headings else lines)
    parts = [Part(text=intro, kind=PartKind.INTRO)] if intro else []
    for heading, end in zip(headings, ends, strict=True) if headings else []:
        heading_lines = "".join(lines[heading.start : heading.end])
        parts.append(
            Part(
                text=heading_lines + "".join(lines[heading.end : end]),
                heading=heading.text,
                level=heading.level,
                section_start=len(heading_lines),
            )
        )
    return parts


def _with_kinds(parts: list[Part]) -> list[Part]:
    parents = parents_of([part.level for part in parts])
    parts = [_with_plain_kind(part) for part in parts]
    _mark_short_retro_halves(parts, parents)
    _mark_reflections(parts, parents)
    for index, owner in _owners(parts, parents).items():
        parts[index] = replace(parts[index], owner=owner)
        if parts[owner].kind is PartKind.UNFILED and not is_reflection(parts[owner].heading):
            parts[owner] = replace(parts[owner], kind=PartKind.LESSON)
    return parts


def _with_plain_kind(part: Part) -> Part:
    """Return the part with the kind that its own heading tells."""
    half, project = retro_half(part.heading), project_in(part.heading)
    if not part.level:
        return part
    if half:
        return replace(part, kind=PartKind(half))
    if is_comment(part.heading):
        return replace(part, kind=PartKind.COMMENT)
    if project:
        return replace(part, kind=PartKind.PROJECT, project_number=project[0])
    if part.level in STEP_LEVELS and step_number_in(part.heading) is not None:
        return replace(part, kind=PartKind.STEP)
    return part


def _mark_short_retro_halves(parts: list[Part], parents: list[int | None]) -> None:
    """Read "Good", "Try" and the like as halves where the headings around them say so."""
    halves: dict[int | None, set[str]] = {}
    for part, parent in zip(parts, parents, strict=True):
        half = retro_half(part.heading, in_retrospective=True)
        if half:
            halves.setdefault(parent, set()).add(half)
    for index, parent in enumerate(parents):
        half = retro_half(parts[index].heading, in_retrospective=True)
        inside = parent is not None and is_reflection(parts[parent].heading)
        if half and (inside or len(halves[parent]) > 1):
            parts[index] = replace(parts[index], kind=PartKind(half))


def _mark_reflections(parts: list[Part], parents: list[int | None]) -> None:
    """Read "소감" under a heading as a comment, unless retrospective halves stand beneath it."""
    containers = {
        parent
        for part, parent in zip(parts, parents, strict=True)
        if part.kind in RETRO_KINDS and parent is not None
    }
    for index, parent in enumerate(parents):
        if index in containers or parent is None or not is_reflection(parts[index].heading):
            continue
        if parts[parent].kind is not PartKind.STEP:
            parts[index] = replace(parts[index], kind=PartKind.COMMENT)


def _owners(parts: list[Part], parents: list[int | None]) -> dict[int, int]:
    """Return for each comment the part it stands under.

    That is the heading above it; where several comments stand side by side under one heading,
    each belongs to the sibling before it.
    """
    comments = [index for index, part in enumerate(parts) if part.kind is PartKind.COMMENT]
    crowd = Counter(parents[index] for index in comments)
    before: dict[tuple[int | None, int], int] = {}
    owners: dict[int, int] = {}
    for index, part in enumerate(parts):
        parent = parents[index]
        if part.kind is not PartKind.COMMENT:
            before[parent, part.level] = index
            continue
        sibling = before.get((parent, part.level))
        alone = parent is not None and crowd[parent] == 1
        owner = parent if alone or sibling is None else sibling
        if owner is not None:
            owners[index] = owners.get(owner, owner)
    return owners
