"""Every text of the interface is in the Korean catalogue, and nothing is said beside it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from jinja2 import Environment, nodes

from tests.cast import Cast
from tests.pages.browser import sign_in
from tracker.documents.schema import Db

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "translations/ko/LC_MESSAGES/messages.po"
REMEDY = (
    "Run script/translate and write what it names into translations/ko/LC_MESSAGES/messages.po."
)
WRAP = "Say it as _(…), then run script/translate."
HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}|%%?")
GETTEXT = {"_": 1, "gettext": 1, "lazy_gettext": 1, "ngettext": 2}  # texts that each takes


def each_file(pattern: str) -> pytest.MarkDecorator:
    paths = [path.relative_to(ROOT) for path in sorted(ROOT.glob(pattern))]
    return pytest.mark.parametrize("path", paths, ids=str)


def source(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


templates, modules = each_file("templates/**/*.html"), each_file("blueprints/**/*.py")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Return what code and templates say, with the places."""
    file = tmp_path_factory.mktemp("texts") / "messages.pot"
    command = ("extract", "-F", "pyproject.toml", "-k", "lazy_gettext", "-o", file)
    babel = (sys.executable, "-m", "babel.messages.frontend", "--quiet")
    subprocess.run([*babel, *command, "blueprints", "templates"], cwd=ROOT, check=True)
    return read(file)


@pytest.fixture(scope="module")
def korean() -> Catalog:
    return read(CATALOGUE)


def read(path: Path) -> Catalog:
    return read_po(source(path).splitlines())


def texts_of(catalogue: Catalog) -> dict[str | tuple[str, ...], Message]:
    return {message.id: message for message in catalogue if message.id}


def forms(message: Message) -> tuple[str, ...]:
    """Return the translation: one form, or one for each number."""
    return message.string if message.pluralizable else (message.string,)


def test_every_text_has_its_korean(said: Catalog, korean: Catalog) -> None:
    known = texts_of(korean)
    missing = {
        text: message.locations
        for text, message in texts_of(said).items()
        if text not in known or known[text].fuzzy or not all(forms(known[text]))
    }
    assert not missing, REMEDY


def test_the_catalogue_holds_nothing_else(said: Catalog, korean: Catalog) -> None:
    gone = texts_of(korean).keys() - texts_of(said).keys()
    assert not gone | korean.obsolete.keys(), REMEDY


def test_both_languages_have_the_same_placeholders(korean: Catalog) -> None:
    for message in texts_of(korean).values():
        english = message.id[-1] if message.pluralizable else message.id
        for form in forms(message):
            assert set(PLACEHOLDER.findall(form)) == set(PLACEHOLDER.findall(english)), message.id


def test_korean_reads_well_whatever_is_put_in(korean: Catalog) -> None:
    """No particle after a placeholder hangs on its last letter, and none comes in two forms."""
    particle = r"(?:을|를|이|가|은|는|과|와|으로|로|이에요|예요|이나|나|이라|라)(?![가-힣])"
    unsure = re.compile(rf"(?:%\(\w+\)[a-z]|\{{\w+\}})[”’)\]]*{particle}|\((?:을|를|이|가|은|는)\)")
    for message in texts_of(korean).values():
        for form in filter(None, forms(message)):
            assert HANGUL.search(form), f"not Korean: {form}"
            assert not unsure.search(form), f"word it so that any name fits: {form}"


def test_the_catalogue_names_no_person_and_no_machine() -> None:
    text = source(CATALOGUE)
    head = text.partition("\n\n")[0]
    assert 'Last-Translator: Didim contributors\\n"' in head
    assert not re.search(r"@|<|\s/|FULL NAME|ORGANIZATION", head)
    assert "\n#:" not in text, "places change with every line above; extract with --no-location"


HEARD = {"alt", "aria-label", "aria-description", "placeholder", "title"}
SILENT = {"code", "script", "style"}


class Shown(HTMLParser):
    """What of a page can be read or heard: its texts, and the attributes that are texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent.append(tag)
        for name, value in attrs:
            if name in HEARD or name.startswith("data-word-"):
                self._take(value or "")

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._take(data)

    def _take(self, text: str) -> None:
        if text.strip():
            self.texts.append(" ".join(text.split()))


SAME_IN_BOTH = {"STEP", "Didim", "CSV"}


@templates
def test_a_template_says_nothing_bare(path: Path) -> None:
    text = " ".join(Shown(without_expressions(path)).texts)
    assert not set(re.findall(r"[^\W\d_]+", text)) - SAME_IN_BOTH, WRAP


def without_expressions(path: Path) -> str:
    """Return the template's own HTML: a sign in place of each expression, nothing for the rest."""
    html, inside = [], ""
    for _line, kind, value in Environment().lex(source(path)):
        if kind.endswith("_begin"):
            inside = kind
        elif kind.endswith("_end"):
            html.append("\N{WHITE SQUARE}" if inside == "variable_begin" else "")
            inside = ""
        elif kind == "data" and not inside:
            html.append(value)
    return "".join(html)


@templates
def test_a_template_puts_its_texts_straight_into_gettext(path: Path) -> None:
    tree = Environment().parse(source(path))
    wrapped = set()
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in GETTEXT:
            for text in call.args[: GETTEXT[call.node.name]]:
                assert isinstance(text, nodes.Const), f"line {call.lineno}: not a plain text"
                wrapped.add(id(text))
    bare = [
        text.value
        for text in tree.find_all(nodes.Const)
        if isinstance(text.value, str) and id(text) not in wrapped and is_sentence(text.value)
    ]
    assert not bare, WRAP


def is_sentence(text: str) -> bool:
    """Tell whether a string looks like words for people: Korean, or begun with a capital."""
    return bool(HANGUL.search(text) or re.match(r"[A-Z][a-z]", text))


# The code

LOCAL = {"LANGUAGES", "DAY", "DAY_AND_YEAR", "CLOCK"}  # a language's name, how it writes dates
SAYING = re.compile(r"flash|say_saved|say_undoable|ValidationError|\w*Field")


@modules
def test_code_puts_its_texts_straight_into_gettext(path: Path) -> None:
    tree = ast.parse(source(path))
    for module in (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)):
        functions = {alias.name for alias in module.names if "gettext" in alias.name}
        assert functions <= GETTEXT.keys(), f"add {functions} to what checks.py extracts"
    for call in calls_in(tree):
        for text in call.args[: GETTEXT.get(name_of(call), 0)]:
            assert isinstance(text, ast.Constant), f"line {call.lineno}: not a plain text"
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    hidden = {name_of(call) for string in strings for call in calls_in(string)}
    assert not hidden & GETTEXT.keys(), (
        "take it out of the f-string: before Python 3.12, extraction misses it there"
    )


@modules
def test_code_says_nothing_bare(path: Path) -> None:
    tree = ast.parse(source(path))
    bare = [
        call.args[0].value
        for call in calls_in(tree)
        if SAYING.fullmatch(name_of(call)) and call.args and isinstance(call.args[0], ast.Constant)
    ]
    bare += [text for text in strings_in(tree) if HANGUL.search(text)]
    assert not bare, WRAP


def calls_in(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def strings_in(tree: ast.Module) -> Iterator[str]:
    """Yield the strings of a module without its docstrings and what LOCAL names."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and {getattr(to, "id", "") for to in node.targets} & LOCAL:
            continue
        for inner in ast.walk(node):
            parts = [] if isinstance(inner, ast.Expr) else ast.iter_child_nodes(inner)
            values = [part.value for part in parts if isinstance(part, ast.Constant)]
            yield from (value for value in values if isinstance(value, str))


# The pages

THEIRS = re.compile("AI 7기|가상화와 클라우드|한국어")  # what people wrote, and the way to Korean
FROM_WTFORMS = {"This field is required.", "Not a valid choice.", "Not a valid integer value."}
PAGES = {
    "nobody": "/login /join/none /none",
    "ada": """/ /account /posts/ /posts/import COHORT/ COHORT/dashboard COHORT/lessons/sql
        COHORT/projects/1 COHORT/steps/1/retrospective COHORT/learners/ADA
        COHORT/learners/ADA/lessons/sql""",
    "dana": """/account COHORT/ COHORT/dashboard COHORT/invites COHORT/dashboard/attention
        COHORT/dashboard/rules COHORT/dashboard/pulse COHORT/lessons/sql /overview""",
}
MISTAKES: dict[str, dict[str, dict[str, str]]] = {
    "nobody": {"/login": {}},
    "ada": {
        "/account": {"language": "fr", "theme": "none"},
        "/posts/import": {},
        "COHORT/lessons/sql/log": {"state": "none", "minutes": "x", "pace": "none"},
    },
    "dana": {"COHORT/invites": {"role": "none", "days": "0", "uses": "x"}},
}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_in_one_language(
    name: str, language: str, client: FlaskClient, cast: Cast, db: Db, korean: Catalog
) -> None:
    def at(path: str) -> str:
        return path.replace("COHORT", "/cohorts/ai-7").replace("ADA", cast.ada_place.id)

    cast.ada_logs(db, "python", line="lists", understanding=4, minutes=50)
    if name != "nobody":
        sign_in(client, getattr(cast, name))
    client.post("/preferences", data={"language": language})
    subject = f"lesson:{cast.lessons['sql'].id}"
    client.post(at("COHORT/comments"), data={"subject": subject, "text": "?"})
    answers = [client.get(at(path)) for path in PAGES[name].split()]
    answers += [client.post(at(path), data=form) for path, form in MISTAKES[name].items()]
    is_foreign = is_english(korean) if language == "ko" else HANGUL.search
    foreign = {
        (answer.request.path, text)
        for answer in answers
        for text in Shown(answer.text).texts
        if is_foreign(THEIRS.sub("", text))
    }
    assert not foreign, "script/translate completes the catalogue, script/test compiles it"


def is_english(korean: Catalog) -> Callable[[str], object]:
    texts = {text if isinstance(text, str) else text[-1] for text in texts_of(korean)}
    patterns = [re.escape(text).replace("%%", "%") for text in texts | FROM_WTFORMS]
    patterns = [re.sub(r"%\\\(\w+\\\)[a-z]", ".+", pattern) for pattern in patterns]
    return re.compile("|".join(patterns)).fullmatch
