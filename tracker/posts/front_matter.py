"""Front matter, also where it is indented or not valid YAML. Values stay what was written."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import yaml

MAX_LENGTH = 32_768  # characters; what is longer is no front matter, to bound the work

_FENCE = re.compile(r"[ \t]*---[ \t]*")
_KEY = re.compile(r"([^\s:#\-\[\]{}\"',&*!|>%@`][^:]{0,80}?)[ \t]*:(?:[ \t]+(.*))?")


class Split(NamedTuple):
    """A text in two: its front matter and the rest."""

    values: dict[str, Any]
    text: str  # between the fences, as written
    body: str


class _Loader(yaml.BaseLoader):
    """Reads every scalar as the string that was written; refuses aliases (they can explode)."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


class _Dumper(yaml.SafeDumper):
    """Writes strings with line breaks on one quoted line."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if text.splitlines() not in ([], [text]) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def split_front_matter(text: str) -> Split:
    """Take the front matter off a text whose lines end in LF; never raises.

    Front matter starts at the first line that is not blank, and reads as keys and values. If it
    is not closed, or is prose between two rules, all of the text is body.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip(" \t")), None)
    if start is None or not _FENCE.fullmatch(lines[start]):
        return Split({}, "", text)
    for end in _closing_lines(lines, start):
        between = lines[start + 1 : end]
        values = _values(between)
        if values is not None:
            written = "".join(f"{line}\n" for line in between)
            return Split(values, written, "\n".join(lines[end + 1 :]))
    return Split({}, "", text)


def join_front_matter(values: Mapping[str, Any], text: str, body: str) -> str:
    """Return one text that `split_front_matter` takes apart into the same values and body.

    Front matter that is valid YAML stays as written, without its indentation; other front matter
    is written anew as YAML.
    """
    if not values and not text.strip():
        return body if split_front_matter(body).body == body else f"---\n---\n{body}"
    own = "".join(f"{line}\n" for line in _dedented(text.split("\n")[:-1]))
    options = [own] if _yaml_values(own) is not None else []
    options.append(dump_front_matter(values))
    for option in options:
        joined = f"---\n{option}---\n{body}"
        split = split_front_matter(joined)
        if split.values == values and split.body == body:
            return joined
    return f"---\n{text}---\n{body}"


def dump_front_matter(values: Mapping[str, Any]) -> str:
    """Return values as YAML lines, in their order."""
    if not values:
        return ""
    return yaml.dump(dict(values), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=2**31)


def _closing_lines(lines: list[str], start: int) -> list[int]:
    """Return where front matter may end: at a fence no deeper than the first, else at any."""
    fences = [n for n in range(start + 1, len(lines)) if _FENCE.fullmatch(lines[n])]
    depth = _depth(lines[start])
    level = [number for number in fences if _depth(lines[number]) <= depth]
    return list(dict.fromkeys([*level[:1], *fences[:1]]))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _dedented(lines: list[str]) -> list[str]:
    margins = [line[: _depth(line)] for line in lines if line.strip(" \t")]
    margin = min(margins, key=len, default="")
    while not all(other.startswith(margin) for other in margins):
        margin = margin[:-1]
    return [line.removeprefix(margin) if line.strip(" \t") else "" for line in lines]


def _values(lines: list[str]) -> dict[str, Any] | None:
    """Return what front matter says, or None if these lines are not front matter."""
    if sum(map(len, lines)) + len(lines) > MAX_LENGTH:
        return None
    dedented = _dedented(lines)
    if not any(dedented):
        return {}
    values = _yaml_values("".join(f"{line}\n" for line in dedented))
    return values if values is not None else _values_by_line(dedented)


def _yaml_values(text: str) -> dict[str, Any] | None:
    """Return a mapping written in YAML, or None if it is refused or is something else."""
    try:
        values = yaml.load(text, Loader=_Loader)  # noqa: S506 (a BaseLoader: strings only)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        return None
    return values


def _values_by_line(lines: list[str]) -> dict[str, Any] | None:
    """Read `key: value` entries; a value that YAML refuses is the rest of its line.

    None if the first line is no entry, or if most lines look like prose.
    """
    entries: list[tuple[str, list[str]]] = []
    prose = 0
    for line in lines:
        match = _KEY.fullmatch(line)
        if match:
            entries.append((match[1], [match[2] or ""]))
        elif not line or line.startswith("#"):
            continue
        elif not entries:
            return None
        else:
            entries[-1][1].append(line)
            prose += not line.startswith((" ", "\t", "- ", "]", "}"))
    if not entries or prose >= len(entries):
        return None
    return {key: _value(value) for key, value in entries}


def _value(lines: list[str]) -> Any:
    """Return the value of one entry: as YAML if it is, else as text."""
    values = _yaml_values("".join(f"{line}\n" for line in [f"value: {lines[0]}", *lines[1:]]))
    if values is not None and list(values) == ["value"]:
        return values["value"]
    return " ".join(stripped for line in lines if (stripped := line.strip()))
