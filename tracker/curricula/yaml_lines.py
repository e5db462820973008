"""YAML as plain values that know their lines; what a curriculum has no use for is refused.

Anchors, tags, several documents, doubled keys, deep nesting and big files are refused, so a file
costs no more to read than it is long.
"""

from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.reader import ReaderError

from tracker.errors import Invalid

MOST_CHARACTERS = 500_000
MOST_DEPTH = 12
PREFIX = "tag:yaml.org,2002:"
PLAIN = {f"{PREFIX}{name}" for name in ("str", "int", "float", "bool", "null", "timestamp")}

Path = tuple[str | int, ...]
"""Where a value stands, as ("steps", 0, "title")."""


@dataclass
class Located:
    """What a file says: `value` of dicts, tuples and scalars, and the line of each path."""

    value: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """Return the line, from 1, of the value there, else of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(text: str) -> Located:
    """Return the file's one document. Raises Invalid with the line of each problem."""
    if len(text) > MOST_CHARACTERS:
        raise Invalid(
            [f"the file has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read"]
        )
    node = _compose(text)
    if node is None:
        raise Invalid(["the file is empty; docs/curriculum-example.yaml shows what it may hold"])
    building = _Building()
    value = building.value_of(node, ())
    if building.problems:
        raise Invalid(building.problems)
    return Located(value, building.lines)


class _Loader(yaml.SafeLoader):
    """Composes nodes, and refuses aliases and depth before they can cost anything."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _refusal(event, f"*{event.anchor} is an alias; write the value out instead")
        if self.depth >= MOST_DEPTH:
            raise _refusal(event, "this is nested too deeply; check the indentation")
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _refusal(event: Any, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


def _compose(text: str) -> yaml.Node | None:
    try:
        loader = _Loader(text)
        node: yaml.Node | None = loader.get_single_node()
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Invalid([f"line {line}: a control character; delete it"]) from error
    except yaml.MarkedYAMLError as error:
        raise Invalid([_syntax_problem(error)]) from error
    return node


def _syntax_problem(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    what = error.problem or error.context or "this cannot be read"
    remedies = {
        "found character '\\t'": "indent with spaces, not with tabs",
        "mapping values are not allowed": 'put a text that holds ": " in quotes',
        "expected <block end>": "indent it as the lines around it",
        "could not find expected ':'": "write `key: value`, with a space after the colon",
        "found unexpected end of stream": "close the quote or bracket that was opened",
        "but found another document": "keep one document; delete the line `---`",
    }
    remedy = next((text for start, text in remedies.items() if start in what), "")
    return f"line {line}: {what}" + (f"; {remedy}" if remedy else "")


@dataclass
class _Building:
    """Turns nodes into values, and notes the lines and what is wrong on the way."""

    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def value_of(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, _line(node))
        if isinstance(node, yaml.MappingNode) and node.tag == f"{PREFIX}map":
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{PREFIX}seq":
            return tuple(
                self.value_of(item, (*path, place)) for place, item in enumerate(node.value)
            )
        if isinstance(node, yaml.ScalarNode) and node.tag in PLAIN:
            return self._scalar(node)
        self._tell(node, f"the tag {node.tag} is not allowed; write the plain value")
        return None

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if key_node.tag != f"{PREFIX}str" or not _is_text(key):
                self._tell(key_node, "a key must be a word, such as `title`")
                continue
            place = (*path, key)
            if key in found:
                first = self.lines[place]
                self._tell(key_node, f"{key}: stands in line {first} already; keep one of them")
                continue
            self.lines[place] = _line(key_node)
            found[key] = self.value_of(value_node, place)
        return found

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        if node.tag == f"{PREFIX}str":
            if not _is_text(node.value):
                self._tell(node, "half a character stands in this text; delete it")
            return node.value
        try:
            value = yaml.SafeLoader("").construct_object(node)
        except (ValueError, KeyError, AttributeError):  # PyYAML's ways to say no
            kind = "date" if node.tag.endswith("timestamp") else "value"
            self._tell(node, f"{node.value[:40]} is no {kind} that exists; correct it")
            return None
        return value

    def _tell(self, node: yaml.Node, problem: str) -> None:
        self.problems.append(f"line {_line(node)}: {problem}")


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line
    return line + 1


def _is_text(value: object) -> bool:
    """Tell whether this is text that can be stored: an escape may make half a character."""
    return isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value)
