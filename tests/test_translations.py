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
from werkzeug.test import TestResponse

from tests.cast import Cast
from tests.pages.browser import sign_in
from tracker.documents.schema import Db

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "translations" / "ko" / "LC_MESSAGES" / "messages.po"
REMEDY = f"Run script/translate and write what it names into {CATALOGUE.relative_to(ROOT)}."
WRAP = "Say it as _(…), then run script/translate."
HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}|%.?")
GETTEXT = {"_": 1, "gettext": 1, "lazy_gettext": 1, "ngettext": 2}  # texts that each takes


def each_file(pattern: str) -> pytest.MarkDecorator:
    paths = sorted(ROOT.glob(pattern))
    return pytest.mark.parametrize(
        "path", paths, ids=[str(path.relative_to(ROOT)) for path in paths]
    )


templates, modules = each_file("templates/**/*.html"), each_file("blueprints/**/*.py")


# The catalogue


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
    with path.open("rb") as file:
        return read_po(file, locale="ko" if path == CATALOGUE else None)


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
    gone = [text for text in texts_of(korean) if text not in texts_of(said)]
    assert not gone, REMEDY
    assert not korean.obsolete, REMEDY


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
        for form in forms(message):
            assert HANGUL.search(form), f"not Korean: {form}"
            assert not unsure.search(form), f"word it so that any name fits: {form}"


def test_the_catalogue_names_no_person_and_no_machine() -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    head = text.partition("\n\n")[0]
    assert 'Last-Translator: Didim contributors\\n"' in head
    assert not re.search(r"@|<|/home|/work|FULL NAME|ORGANIZATION", head)
    assert "\n#:" not in text, "places change with every line above; extract with --no-location"


# The templates


class Shown(HTMLParser):
    """What of a page can be read or heard: its texts, and the attributes that are texts."""

    ATTRIBUTES = frozenset({"alt", "aria-label", "aria-description", "placeholder", "title"})
    SILENT = frozenset({"code", "script", "style"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self._silent.append(tag)
        for name, value in attrs:
            if name in self.ATTRIBUTES or name.startswith("data-word-"):
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
    bare = {
        word
        for text in Shown(without_expressions(path)).texts
        for word in re.findall(r"[^\W\d_]+", text)
    }
    assert not bare - SAME_IN_BOTH, WRAP


def without_expressions(path: Path) -> str:
    """Return the template's own HTML: a sign in place of each expression, nothing for the rest."""
    html, inside = [], ""
    for _line, kind, value in Environment().lex(path.read_text(encoding="utf-8")):
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
    tree = Environment().parse(path.read_text(encoding="utf-8"))
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

LOCAL = {"LANGUAGES", "DAY", "MOMENT", "CLOCK"}  # a language's own name, the way it writes dates
SAYING = re.compile(r"flash|say_saved|say_undoable|ValidationError|\w*Field")


@modules
def test_code_puts_its_texts_straight_into_gettext(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for module in (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)):
        functions = {alias.name for alias in module.names if "gettext" in alias.name}
        assert functions <= GETTEXT.keys(), f"add {functions} to what checks.py extracts"
    for call in calls_in(tree):
        if name_of(call) in GETTEXT:
            for text in call.args[: GETTEXT[name_of(call)]]:
                assert isinstance(text, ast.Constant), f"line {call.lineno}: not a plain text"
    hidden = [
        ast.unparse(call)
        for string in ast.walk(tree)
        if isinstance(string, ast.JoinedStr)
        for call in calls_in(string)
        if name_of(call) in GETTEXT
    ]
    assert not hidden, "take it out of the f-string: there, not every Python's extraction sees it"


@modules
def test_code_says_nothing_bare(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
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
            for part in ast.iter_child_nodes(inner):
                is_text = isinstance(part, ast.Constant) and isinstance(part.value, str)
                if is_text and not isinstance(inner, ast.Expr):
                    yield part.value


# The pages

THEIRS = ("AI 7기", "가상화와 클라우드", "가상화와-클라우드", "한국어")  # what people wrote
FROM_WTFORMS = {"This field is required.", "Not a valid choice.", "Not a valid integer value."}
COHORT = "/cohorts/ai-7"
PAGES = {
    "nobody": ("/login", "/join/none", "/none"),
    "ada": (
        *("/", "/account", f"{COHORT}/", f"{COHORT}/lessons/sql", f"{COHORT}/projects/1"),
        *(f"{COHORT}/steps/1/retrospective", f"{COHORT}/dashboard", f"{COHORT}/learners/ADA"),
        *(f"{COHORT}/learners/ADA/lessons/sql", f"{COHORT}/invites", "/posts/", "/posts/import"),
    ),
    "dana": ("/", f"{COHORT}/", f"{COHORT}/dashboard", f"{COHORT}/invites"),
}
MISTAKES = {
    "nobody": (("/login", {}),),
    "ada": (
        ("/account", {"language": "fr", "theme": "none"}),
        ("/posts/import", {}),
        (f"{COHORT}/lessons/sql/log", {"state": "none", "minutes": "x", "pace": "none"}),
    ),
    "dana": ((f"{COHORT}/invites", {"role": "none", "days": "0", "uses": "x"}),),
}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_in_one_language(
    name: str, language: str, client: FlaskClient, cast: Cast, db: Db, korean: Catalog
) -> None:
    cast.ada_logs(db, "python", line="lists", understanding=4, minutes=50)
    if name != "nobody":
        sign_in(client, getattr(cast, name))
        comment = {
            "subject": f"lesson:{cast.lessons['sql'].id}",
            "text": "?",
            "visibility": "staff",
        }
        assert client.post(f"{COHORT}/comments", data=comment).location.endswith("#thread")
    client.post("/preferences", data={"language": language})
    answers = [client.get(path.replace("ADA", cast.ada_place.id)) for path in PAGES[name]]
    answers += [client.post(path, data=data) for path, data in MISTAKES[name]]
    is_foreign = is_english(korean) if language == "ko" else HANGUL.search
    foreign = [
        f"{answer.request.path}: {text}"
        for answer in answers
        for text in own_texts(answer)
        if is_foreign(text)
    ]
    assert not foreign, "script/translate completes the catalogue, script/test compiles it"


def own_texts(answer: TestResponse) -> list[str]:
    """Return what the page itself says, without what people wrote."""
    assert answer.mimetype == "text/html"
    return [re.sub("|".join(THEIRS), "", text) for text in Shown(answer.text).texts]


def is_english(korean: Catalog) -> Callable[[str], object]:
    texts = {text if isinstance(text, str) else text[-1] for text in texts_of(korean)}
    patterns = [re.escape(text).replace("%%", "%") for text in texts | FROM_WTFORMS]
    return re.compile(
        "|".join(re.sub(r"%\\\(\w+\\\)[a-z]", ".+", each) for each in patterns)
    ).fullmatch
