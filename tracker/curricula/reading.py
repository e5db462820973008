"""Reads a curriculum file; every problem names its line, its key and what to do."""

import difflib
import unicodedata
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tracker.curricula.checks import Problem, problems_in
from tracker.curricula.file import PARTS, CurriculumFile
from tracker.curricula.yaml_lines import Located, Path, read_yaml
from tracker.errors import Invalid

EXPECTED = {
    "string_type": 'this is not text; put it in quotes, as "{value}"',
    "date_type": "'{value}' is no date; write it as 2031-03-02, without quotes",
    "float_type": "'{value}' is no number; write it as 8 or 7.5",
    "int_type": "'{value}' is no whole number; write it as 3",
    "tuple_type": "this is not a list; begin each entry on its own line with `- `",
    "model_type": "this holds no keys; write them below it, indented, as `key: value`",
    "string_too_short": "there is no text; write some",
    "string_too_long": "the text is too long; keep at most {max_length} characters",
    "too_long": "the list is too long; keep at most {max_length} entries",
    "string_pattern_mismatch": "'{value}' cannot stand in an address; use letters, digits and -",
    "greater_than_equal": "{value} is too small; write {ge} or more",
    "less_than_equal": "{value} is too big; write {le} or less",
    "finite_number": "{value} is no number; write it as 8 or 7.5",
    "enum": "'{value}' is not known; write {expected}",
}


def decode(data: bytes) -> str:
    """Return the file's text. Raises Invalid if it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Invalid([f"line {line}: the file is not UTF-8; save it as UTF-8"]) from error


def read_curriculum(text: str) -> CurriculumFile:
    """Return what the file says. Raises Invalid with every problem of the same kind at once."""
    located = read_yaml(unicodedata.normalize("NFC", text))
    try:
        file = CurriculumFile.model_validate(located.value)
    except ValidationError as error:
        raise Invalid(_problems_of(error, located)) from error
    if problems := list(problems_in(file)):
        raise Invalid(_told_in_order(located, problems))
    return file


def _problems_of(error: ValidationError, located: Located) -> list[str]:
    details = error.errors(include_url=False)
    suggested = {
        (*detail["loc"][:-1], meant)
        for detail in details
        if detail["type"] == "extra_forbidden" and (meant := _meant(detail["loc"]))
    }
    told = [
        (detail["loc"], _problem(detail))
        for detail in details
        if not (detail["type"] == "missing" and detail["loc"] in suggested)
    ]
    return _told_in_order(located, told)


def _told_in_order(located: Located, problems: list[Problem]) -> list[str]:
    problems = sorted(problems, key=lambda problem: located.line(problem[0]))
    return [_told(located, path, problem) for path, problem in problems]


def _told(located: Located, path: Path, problem: str) -> str:
    names = [part for part in path if isinstance(part, str)]
    return f"line {located.line(path)}: {names[-1] if names else 'file'}: {problem}"


def _problem(detail: ErrorDetails) -> str:
    kind, path = detail["type"], detail["loc"]
    if kind == "missing":
        return f"is missing; add `{path[-1]}: {_example(str(path[-1]))}`"
    if kind == "extra_forbidden":
        meant = _meant(path)
        known = ", ".join(_part_at(path[:-1]).model_fields)
        return f"unknown key; did you mean {meant}?" if meant else f"unknown key; known: {known}"
    context: dict[str, Any] = {"value": str(detail["input"])[:40], **detail.get("ctx", {})}
    expected = EXPECTED.get(kind)
    return expected.format(**context) if expected else detail["msg"]


def _meant(path: Path) -> str | None:
    known = list(_part_at(path[:-1]).model_fields)
    return next(iter(difflib.get_close_matches(str(path[-1]), known, n=1)), None)


def _part_at(path: Path) -> type[Any]:
    names = [part for part in path if part in PARTS]
    return PARTS[str(names[-1]) if names else ""]


def _example(key: str) -> str:
    examples = {"starts_on": "2031-03-02", "ends_on": "2031-03-02", "hours": "8", "number": "1"}
    return examples.get(key, "…")
