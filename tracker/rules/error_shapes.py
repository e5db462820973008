"""The shape of an error's line: what is one learner's alone gives way to "…".

Paths, addresses, versions, numbers, hex, times, quoted and user names go. A module that is not
there, a codec and a type stay, though they are quoted: they are the error.
"""

import re

GONE = "…"
KEPT = (
    (re.compile(r"(No module named )['\"](\w+)[\w.]*['\"]"), r"\1\2"),
    (re.compile(r"['\"]([\w-]+)['\"] (codec|object)\b"), r"\1 \2"),
)
SAME = (
    # One failure of the operating system, in each system's and language's words.
    (
        re.compile(
            r"\[(?:Errno (?:111|61)|WinError 10061)\]\s*"
            r"(?:Connection refused|[^,:(]*actively refused it"
            r"|[^,:(]*거부했으므로 연결하지 못했습니다)?"
        ),
        "connection refused",
    ),
    (re.compile(r"\[(?:Errno 2|WinError [23])\] [^:(]*"), "no such file or directory"),
    (re.compile(r"\[(?:Errno 13|WinError 5)\] [^:(]*"), "permission denied"),
    (re.compile(r"\[(?:Errno (?:98|48)|WinError 10048)\] [^:(]*"), "address already in use"),
    (re.compile(r"액세스가 거부되었습니다|Access is denied"), "permission denied"),
    (re.compile(r"\b(?:EnvironmentError|IOError)\b"), "OSError"),
    (re.compile(r"\b(?:Operation|Connection) timed out"), "timed out"),
    (re.compile(r"Temporary failure in name resolution"), "Name or service not known"),
    (
        re.compile(
            r"지정된 (?:경로를|파일을) 찾을 수 없습니다"
            r"|(?:The system )?cannot find the (?:file|path) specified"
        ),
        "no such file or directory",
    ),
    (re.compile(r"\(publickey[^)]*\)"), "(publickey)"),
)
MOMENT = r"\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?[+-]\d{4}|Z)?"
SYSLOG = r"^[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \S+ \S+: "
NOISE = re.compile(
    rf"{SYSLOG}|\x1b\[[\d;]*[A-Za-z]|\[?{MOMENT}\]?|(?<!\S)\d+#\d+:|(?<!\S)\*\d+(?!\S)"
    r"|\[(?:emerg|crit|error|warn)\]"
)
PREFIX = re.compile(
    r"(?:(?:error|fatal|warning|docker|nginx|remote|E|-?(?:ba|z)?sh):\s+|npm ERR!\s+)+",
    re.IGNORECASE,
)
TAIL = re.compile(r"(?:, (?:full error|Timeout|client)\b| \(configured ).*", re.DOTALL)
NAMELY = re.compile(rf"(?<=\w): ?{GONE}$")
SENTENCE = re.compile(r"[.!?](?=\s)|;\s")
PART = r"[^\s/\\:'\"<>|,;()\[\]{}]"
VANISHING = (
    re.compile(r"\w+://[^\s'\"<>]+"),  # addresses of pages
    re.compile(r"(?<![\w.])'[^'\n]{1,300}'(?!\w)"),  # quoted names; not the ' of "can't"
    re.compile(r"\"[^\"\n]{1,300}\"|`[^`\n]{1,300}`|“[^”\n]{1,300}”|‘[^’\n]{1,300}’"),
    *(re.compile(r"\{[^{}]{0,500}\}"),) * 3,  # from the inside out
    re.compile(r"\b[A-Za-z]:[\\/]{1,2}(?:[^\\/:*?\"<>|'\n]{1,120}[\\/]{1,2})*" + PART + "*"),
    re.compile(rf"(?<![\w.])(?:~|\.\.?)?(?:/{PART}+)+/?(?::\d+)?"),
    re.compile(rf"\b{PART}+(?:/{PART}+)+"),
    re.compile(
        r"\b[\w-]+\.(?:py|ipynb|csv|tsv|json|html?|txt|pem|conf|ya?ml|toml|md|sh|sql|pt|js)\b"
    ),
    re.compile(r"\b[\w-]{1,80}\.service\b"),
    re.compile(r"\b[\w.+-]{1,80}@[\w.-]{1,120}"),  # who, at which machine
    re.compile(
        r"\b(?:[\w-]{1,63}\.){1,6}(?:com|net|org|io|kr|dev|app|internal|local)\b\.?(?::\d+)?"
    ),
    re.compile(r"\blocalhost\b(?::\d+)?|\[[\da-fA-F:]*:[\da-fA-F:]*\](?::\d+)?|(?<!\S)::1?:\d+"),
    re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b(?::\d+)?"),
    re.compile(r"\b0x[\da-fA-F]+\b|\b[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}\b"),
    re.compile(r"\b(?=[a-fA-F]{0,40}\d)[\da-fA-F]{7,64}\b"),
)
NAMED = re.compile(
    r"\b(hostname|host|environment|collection|index|container|branch|refspec|table|for user"
    r"|denied for|denied to|manifest for|authorized on|of ref)(:?\s+)[^\s,]+",
    re.IGNORECASE,
)
VERSION = re.compile(r"\s?(?:[=<>~!]=|[<>=])\s?v?\d[\w.+*-]*,?|(?<![\w.])v?\d[\w.+-]*\b")
BLANKS = re.compile(r"\s+")
RUNS = re.compile(rf"{GONE}(?:(?: or | and |[\s,:./-]+|){GONE})+")


def shape_of(line: str) -> str:
    """Return the line's first sentence with "…" for what differs from learner to learner."""
    text = NOISE.sub(" ", line).strip()
    if prefix := PREFIX.match(text):
        text = text[prefix.end() :]
    text = TAIL.sub("", text)
    for pattern, kept in (*SAME, *KEPT):
        text = pattern.sub(kept, text)
    for pattern in VANISHING:
        text = pattern.sub(GONE, text)
    text = NAMED.sub(rf"\1\2{GONE}", text)
    text = VERSION.sub(lambda found: "" if found[0].strip()[0] in "=<>~!" else GONE, text)
    text = SENTENCE.split(text, maxsplit=1)[0]
    text = BLANKS.sub(" ", RUNS.sub(GONE, text)).strip(" .:,!")
    return NAMELY.sub("", text)
