"""Learners' Markdown as safe HTML, and as one plain line.

Three walls: raw HTML is shown as text, images become labels and links keep few schemes, and an
allow-list (nh3) drops whatever else would come through.
"""

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.tasklists import tasklists_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

MAX_RENDERED = 262_144  # characters; a longer text is shown as it was written, in <pre>
MAX_INLINE = 10_000  # characters of one paragraph; a longer one is shown without its marks
MAX_HIGHLIGHTED = 5_000  # characters of one code block that gets colours
MAX_COLOURED = 20_000  # characters of code in one text that get colours
MAX_GROWTH = 20  # times that HTML may be longer than its source: links can repeat an address
MAX_FREE = 20_000  # characters of HTML that any source may have
MARKUP = 10  # characters of HTML that a token costs at least
MAX_SCANNED = 4_000  # characters that plain_line looks at

_LANGUAGES = frozenset(
    {"bash", "c", "c++", "cpp", "css", "diff", "django", "docker", "dockerfile", "go", "html"}
    | {"ini", "java", "javascript", "jinja", "js", "json", "kotlin", "nginx", "py", "python"}
    | {"sh", "shell", "sql", "toml", "ts", "typescript", "xml", "yaml", "yml"}
)
_TAGS = frozenset(
    {"a", "blockquote", "br", "code", "del", "div", "em", "h3", "h4", "h5", "h6", "hr", "input"}
    | {"label", "li", "ol", "p", "pre", "s", "span", "strong", "table", "tbody", "td", "th"}
    | {"thead", "tr", "ul"}
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "input": {"class", "checked", "disabled"},
    "ol": {"start"},
    **{tag: {"class"} for tag in ("div", "label", "li", "span", "td", "th", "ul")},
}
_ALIGNMENTS = {
    "text-align:left": "text-start",
    "text-align:center": "text-center",
    "text-align:right": "text-end",
}
_code_html = HtmlFormatter(nowrap=True)


def render(source: str) -> str:
    """Return Markdown as HTML that is safe to show unescaped; never raises.

    Headings start at h3, have no id and nest no deeper than h6. Images, wherever they come from,
    are labels with their description or file's name.
    """
    plain = f"<pre>{escapeHtml(source)}</pre>"
    if len(source) > MAX_RENDERED:
        return plain
    env: EnvType = {}
    tokens = _markdown.parse(source, env)
    if _size(tokens) > MAX_GROWTH * len(source) + MAX_FREE:
        return plain
    html = str(_markdown.renderer.render(tokens, _markdown.options, env))
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow ugc",
        tag_attribute_values={"input": {"type": {"checkbox"}}},
    )


def _size(tokens: Sequence[Token]) -> int:
    """Return about how many characters the tokens will be as HTML."""
    size = 0
    for token in tokens:
        size += MARKUP + sum(len(str(value)) for value in token.attrs.values())
        size += _size(token.children or ())
    return size


def plain_line(source: str, length: int = 120) -> str:
    """Return the first readable line as plain text of at most `length` characters, or ""."""
    lines = (_first_line(token) for token in _markdown.parse(source[:MAX_SCANNED]))
    line = " ".join(next((line for line in lines if line), "").split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


def _first_line(token: Token) -> str:
    if token.type in {"fence", "code_block"}:
        return token.content.strip().partition("\n")[0]
    text = ""
    for child in token.children or []:
        if child.type in {"softbreak", "hardbreak"}:
            if text.strip():
                break
        elif child.type in {"text", "text_special", "code_inline"}:
            text += child.content
    return text.strip()


def _image_label(token: Token) -> str:
    """Return an image's description, else its file's name, else ""."""
    if token.content.strip():
        return token.content.strip()
    try:
        path = urlsplit(str(token.attrGet("src") or "")).path
    except ValueError:
        return ""
    return unquote(path).rpartition("/")[2]


def _render_image(_: RendererHTML, tokens: Sequence[Token], place: int, *_rest: object) -> str:
    label = escapeHtml(_image_label(tokens[place]))
    return f'<span class="image-label">🖼 {label}</span>'


def _render_fence(
    _: RendererHTML, tokens: Sequence[Token], place: int, _options: OptionsDict, env: EnvType
) -> str:
    token = tokens[place]
    language = token.info.strip().partition(" ")[0].lower()
    coloured = int(env.get("coloured", 0)) + len(token.content)
    short = len(token.content) <= MAX_HIGHLIGHTED and coloured <= MAX_COLOURED
    if language in _LANGUAGES and short:
        env["coloured"] = coloured
        code = highlight(token.content, get_lexer_by_name(language), _code_html)
    else:
        code = escapeHtml(token.content)
    return f'<div class="highlight"><pre><code>{code}</code></pre></div>\n'


def _lower_headings_and_classes(state: StateCore) -> None:
    """Make headings h3 and below without a gap, as they stand under a page's h2.

    Table alignments become classes: our CSP allows no style.
    """
    written: list[int] = []  # levels of the headings that are open, as the note has them
    for token in state.tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            written = [*(open_ for open_ in written if open_ < level), level]
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, len(written) + 2)}"
        elif token.type in {"th_open", "td_open"} and "style" in token.attrs:
            token.attrs = {"class": _ALIGNMENTS.get(str(token.attrs["style"]), "")}


def _leave_long_paragraphs(state: StateCore) -> None:
    """Keep paragraphs that are too long for the inline rules as plain text."""
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > MAX_INLINE:
            token.children = [Token("text", "", 0, content=token.content)]
            token.type = "long_inline"


def _restore_long_paragraphs(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "long_inline":
            token.type = "inline"


def _build() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.enable(["table", "strikethrough"])
    markdown.use(tasklists_plugin, label=True)
    markdown.core.ruler.before("inline", "leave_long", _leave_long_paragraphs)
    markdown.core.ruler.after("inline", "restore_long", _restore_long_paragraphs)
    markdown.core.ruler.push("lower", _lower_headings_and_classes)
    markdown.add_render_rule("image", _render_image)
    markdown.add_render_rule("fence", _render_fence)
    return markdown


_markdown = _build()
