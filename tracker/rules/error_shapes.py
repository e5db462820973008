"""The shape of an error's line: what is one learner's alone gives way to "…".

Paths, addresses, versions, numbers, hex, times, quoted and user names go. A module that is not
there, a codec and a type stay, though they are quoted: they are the error. So do the names in
errors about code, if asked.
"""

import re

from tracker.rules.error_words import SAME, SERVICES

GONE = "…"
TELLS_LEAST = 4
"""Words that a telling sentence has at least; if it has fewer, the next one is added."""
KEPT = (
    (re.compile(r"(No module named )['\"]?(\w+)[\w.]*['\"]?"), r"\1\2"),
    (re.compile(r"\b([Mm]odule|class|import) ['\"](@?\w[\w/-]*)['\"]"), r"\1 \2"),
    (re.compile(r"<class '(?:\w+\.)*(\w+)'>"), r"class \1"),
    (re.compile(r"['\"]([\w-]+)['\"] (codec|object)\b"), r"\1 \2"),
)
CODE_NAME = re.compile(r"(?<! for )['\"]([A-Za-z_][\w.$]*(?:\([^()'\"]{0,40}\))?)['\"]")
PREFIX = re.compile(
    r"(?:\[\w+\] +|(?:(?:uncaught (?:\(in promise\) )?)?error|fatal|warning|docker"
    r"|nginx|remote|[EW]|-?(?:ba|z)?sh|(?:치명적 )?오류|경고):\s+"
    r"|(?:npm|gyp) (?:ERR!|error) (?:(?:notarget|stack|network) )?\s*"
    r"|.{0,80}\bError response from daemon: )+",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"(?:, (?:full error|Timeout|client)\b| \(configured |[\s.,;?(]*\bdid you mean\b"
    r"| in comparison$| while calling a Python object).*",
    re.DOTALL | re.IGNORECASE,
)
SERVICE = re.compile(rf"(?<=[:= ])(?:{'|'.join(SERVICES)})\b(?=.*(?:refused|retries|timed out))")
NAMELY = re.compile(rf"(?<=\w): ?\[?{GONE}\]?$")
SENTENCE = re.compile(r"[.!?](?=\s)|;\s")
PART = r"[^\s/\\:'\"<>|,;()\[\]{}]"
VANISHING = (
    re.compile(r"\w+://[^\s'\"<>]+"),  # addresses of pages
    re.compile(
        r"(?<![\w.])'(?![()\[\]{}:;,=]{1,2}')[^'\n]{0,300}'(?!\w)"
    ),  # quoted names; not the ' of "can't"
    re.compile(r"\"[^\"\n]{0,300}\"|`[^`\n]{1,300}`"),
    re.compile(r"\S{1,80}(?=(?:이\(가\)|을\(를\)|은\(는\)|와\(과\)|\(으\)로))"),
    *(re.compile(r"\{[^{}]{0,500}\}"),) * 2,  # from the inside out
    re.compile(r"\b[A-Za-z]:[\\/]{1,2}(?:[^\\/:*?\"<>|'\n]{1,120}[\\/]{1,2})*" + PART + "*"),
    re.compile(rf"(?<![\w.])(?:~|\.\.?)?(?:/{PART}+)+/?(?::\d+)?"),
    re.compile(rf"\b{PART}+(?:/{PART}+)+"),
    re.compile(
        r"\b[\w-]+\.(?:py|ipynb|csv|tsv|json|html?|txt|pem|conf|ya?ml|toml|md|sh|sql|pt|js)\b"
    ),
    re.compile(r"\b[\w-]{1,80}\.service\b"),
    re.compile(
        r"\b[\w.+-]{1,80}@[\w.^~*-]{1,120}|\bsha\d{1,3}[-:]\S{1,200}"
    ),  # who, at which machine
    re.compile(
        r"\b(?:[\w-]{1,63}\.){1,6}(?:com|net|org|io|kr|dev|app|internal|local)\b\.?(?::\d+)?"
    ),
    re.compile(
        r"\blocalhost\b(?::\d+)?|\[[\da-fA-F:]*:[\da-fA-F:]*\](?::\d+)?|(?<![\w:])::1?(?::\d+)?\b"
    ),
    re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b(?::\d+)?"),
    re.compile(
        r"\b(?!utf-|lib)\w[\w.-]{0,60}[-_]\d{1,4}\b|\$\w+|\S*\*{3,}\S*|\b(?:RSA|DSA|ECDSA|ED25519)\b"
    ),
    re.compile(r"\b0x[\da-fA-F]+\b|\b[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}\b"),
    re.compile(r"\b(?=[a-fA-F]{0,40}\d)[\da-fA-F]{7,64}\b"),
)
CODE = (
    re.compile(r"\b(?!lib\w+\.so)[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?::[\w.-]+)*\b"),  # a.b.c
    re.compile(r"(?<=\[)[\w .,'-]{1,80}(?=\])"),  # a list
    re.compile(r"\b(?!NaN\b)\w{0,80}[a-z][A-Z]\w{0,80}\b"),  # CamelCase
    re.compile(r"\b(?=\w{0,80}[a-z])[a-zA-Z\d]\w{0,60}_\w{1,60}\b"),  # snake_case
)
NAMED = re.compile(
    r"\b(hostname|host|environment|collection|index|container|branch|refspec|table|for user"
    r"|denied for|denied to|manifest for|authorized on|of ref|package for|uninstall|main class"
    r"|network|volume|bean|channel|field|method|script|distribution|user|role|database|relation|column|service|task|bucket|image|command"
    r"|template|unit)(:?\s+)"
    r"(?!(?:not|is|was|has|does|did|in|of|for|to|at|from|and|or|on|with|by|name"
    r"|have|already|cannot|could|out|key|before)\b)"
    r"[^\s,]+|( for )\w+(?=: |:$)",
    re.IGNORECASE,
)
VERB = re.compile(
    rf"\b(?:GET|POST|PUT|HEAD|DELETE|PATCH)\b|\b(?:Get|Post|Put|Head|Delete) (?={GONE})"
)
VERSION = re.compile(r"\s?(?:[=<>~!]=|[<>=])\s?v?\d[\w.+*-]*,?|(?<![\w.])v?\d[\w.+-]*\b")
SUBJECT = re.compile(
    r"^(?=\S*[a-z…])(?:[^\s…]*[-_./@\d…]\S* (?=(?:is|was|has|does|did)\b)"
    r"|\S+ (?=has been\b|is not a\b))"
)
HEADLESS = re.compile(r"^(?=(?:is|was|has|does|did)\b)")
ASIDE = re.compile(rf" \([{GONE},\s]+\)")
BLANKS = re.compile(r"\s+")
RUNS = re.compile(rf"{GONE}(?:(?: or | and |[\s,:./-]+|){GONE})+")
WORDS3 = r"(?!no such file or directory$)(?=(?:\W*[^\W\d]+\b){3})"
BEGINNING = re.compile(rf"^(?:{GONE}:? |[a-z_][\w+-]{{1,40}}(?: {GONE})?: )+{WORDS3}")
PASSED_ON = re.compile(
    rf"^(?:(?:failed to|unable to|[\w… ]{{3,40}} failed\b)[^:]{{0,80}}: ){{2,}}{WORDS3}",
    re.IGNORECASE,
)
END = re.compile(r"(?<=[a-z)…]): ?['\"]?(?=[\w.-]*[^\W\dA-Z_])[\w.-]+['\"]?:?$")
WORD = re.compile(r"[^\W\d_]{2,}")


def shape_of(line: str, *, names_matter: bool = False) -> str:
    """Return the line's first sentence with "…" for what differs from learner to learner.

    If names matter, those of the code stay: who misses `np` has not the problem of who misses `pd`.
    """
    text = TAIL.sub("", line.strip())
    for pattern, kept in (*SAME, *KEPT):
        text = pattern.sub(kept, text)
    text = SERVICE.sub(lambda found: f" {SERVICES[found[0]]}", text)
    if prefix := PREFIX.match(text):
        text = text[prefix.end() :]
    if names_matter:
        text = CODE_NAME.sub(r"\1", text)
    for pattern in VANISHING if names_matter else (*VANISHING, *CODE):
        text = pattern.sub(GONE, text)
    if not names_matter:
        text = NAMED.sub(rf"\1\2\3{GONE}", text)
    text = VERSION.sub(lambda found: "" if found[0].strip()[0] in "=<>~!" else GONE, text)
    text = VERB.sub(GONE, text)
    text = ASIDE.sub("", text)
    text = BLANKS.sub(" ", RUNS.sub(GONE, _first_sentence(text))).strip(" .:,!")
    text = PASSED_ON.sub("", text if names_matter else END.sub("", text))
    text = BEGINNING.sub("", text)
    text = HEADLESS.sub(f"{GONE} ", text if names_matter else SUBJECT.sub("", text))
    return NAMELY.sub("", text).strip()


def _first_sentence(text: str) -> str:
    end = 0
    for found in SENTENCE.finditer(text):
        end = found.start()
        if len(WORD.findall(text, 0, end)) >= TELLS_LEAST:
            return text[:end]
    return text
