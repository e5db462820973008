"""The lines of a pasted error text, without what a terminal or a log wrote before and into them.

Colours, log times and levels, container names and typographic quotes go; what a terminal wrapped
is one line again.
"""

import re

READ_MOST = 20_000
"""Characters of an error text that are looked at, from its end: there stands what counts."""
LINE_MOST = 500
"""Characters of one line that are looked at: patterns go back and forth over a line."""
LINES_MOST = 2_000
WIDTH_LEAST = 79
"""Characters that a terminal's line has at least: a shorter line was not wrapped."""

COLOUR = re.compile(r"\x1b\[[\d;?]*[A-Za-z]|\x1b[()]?\w|\[\d{1,3}(?:;\d{1,3}){0,4}m")
QUOTES = str.maketrans("‘’“”\N{NO-BREAK SPACE}", "''\"\" ")
MOMENT = (
    r"(?:\d{4}[-/]\d\d[-/]\d\d[ T]|오[전후] )?\d{1,2}:\d\d:\d\d(?:[.,]\d+)?"
    r"(?: ?[+-]\d\d:?\d\d|Z| [AP]M)?"
    r"|[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \S+ \S+:"
)
BEFORE = re.compile(
    rf"(?:[a-z][\w.-]{{0,60}} +\| +|[│╰][│╰─>]* +|\[?(?:{MOMENT})\]? +"
    r"|\[(?:warn|notice|info|WARNING|INFO)\] +|\d+#\d+: +|\*\d+ +"
    r"|\[\d+\] +|\[\w+\]: +|\[W [^\]]{1,80}\] +)+"
)
LEVEL = re.compile(
    r"(?:nginx: )?\[?(?:emerg|alert|crit|error|ERROR|CRITICAL)\] +(?:\d+#\d+: +)?(?:\*\d+ +)?"
    r"|[×✘✖❌] +|\[[CE] [^\]]{1,80}\] +"
)
"""What says that an error follows."""
ON = re.compile(r"[^.:;!?)\]}>~@*=-]$")
NEXT = re.compile(r"(?!npm )([a-z\d]\S*) (?<!: )(?!.*[{;]\s*$)")
STRUCTURED = re.compile(r"\{\"|time=")
SERIOUS = re.compile(r'"s":"[EF]"|"?level"?[:=] ?"?(?:error|fatal|warning|50)\b')
LOGGED = re.compile(r'(?:"(?:error|errmsg|msg|message)":\s*|\bmsg=)"((?:[^"\\]|\\.){1,400})"')


def lines_of(error: str) -> list[str]:
    """Return the lines of the text's end; each LINE_MOST characters long at most."""
    text = COLOUR.sub("", error[-READ_MOST:]).translate(QUOTES)
    lines: list[str] = []
    for line in text.splitlines()[-LINES_MOST:]:
        bare = _without_prefix(line)
        if lines and _goes_on(lines[-1], bare):
            lines[-1] = f"{lines[-1].rstrip()} {bare}"
        else:
            lines.append(bare)
    return [line[:LINE_MOST] for line in lines]


def _without_prefix(line: str) -> str:
    line = line[: 2 * LINE_MOST]
    line = line[before.end() :] if (before := BEFORE.match(line)) else line
    if STRUCTURED.match(line) and (logged := LOGGED.findall(line)):
        return f"error: {logged[-1]}" if SERIOUS.search(line) else ""
    return f"error: {line[level.end() :]}" if (level := LEVEL.match(line)) else line


def _goes_on(line: str, after: str) -> bool:
    """Tell if a terminal broke the line in the middle of a sentence."""
    first = NEXT.match(after)
    return bool(
        first and WIDTH_LEAST <= len(line) + len(first[1]) <= LINE_MOST and ON.search(line.rstrip())
    )
