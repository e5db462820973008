"""Which errors are the same one: the fingerprint of a pasted error text.

An exception is told by its type and the shape of its message; if that says nothing (KeyError), by
the own function that it came from as well. What is no exception is told by the line that names
the failure. A few failures have a name of their own here, since tools say them in several ways or
languages. See bench/fingerprints.py for how well.
"""

import hashlib
import re
from dataclasses import dataclass
from itertools import takewhile

from tracker.rules.error_lines import lines_of
from tracker.rules.error_shapes import GONE, shape_of
from tracker.rules.error_words import ALIASES

SHAPE_MOST = 300
TELLING_WORDS = 12
"""Words of a shape that tell errors apart: what follows, versions of a tool word differently."""


@dataclass(frozen=True)
class Fingerprint:
    """What equal errors have in common: `key` for the index, `shape` to read and to compare."""

    key: str
    shape: str


TRIED_MOST = 20
"""Lines of a text that are tried, if nothing is left of them but what is one's own."""

KNOWN = (
    # (how it is said, its name); \1 is the command or package that it is about
    (r"CERTIFICATE_VERIFY_FAILED", "certificate verify failed"),
    (
        r"(?<![\w.-])'?([\w.-]{1,60})'?은\(는\) 내부 또는 외부 명령"
        r"|'([\w.-]{1,60})' is not recognized as an internal"
        r"|'([\w.-]{1,60})' 용어가 cmdlet|The term '([\w.-]{1,60})' is not recognized",
        r"\1 is not recognized as a command",
    ),
    (
        r"sh: (?:(?:\w+ )?\d+: )?([\w.-]{1,60}): (?:command )?not found"
        r"|(?:^|\n|: )(?!\w*sh: )([\w.-]{1,60}): command not found"
        r"|command not found: ([\w.-]{1,60})"
        r"|(?<![\w.-])([\w.-]{1,60}): 명령어?를 찾을 수 없",
        r"\1: command not found",
    ),
    (
        r"not been properly configured to use 'conda|Run 'conda init' before",
        "conda init is missing",
    ),
    (r"CUDA out of memory", "CUDA out of memory"),
    (
        r"(?:pymongo|Mongo)\S{0,80}: (?:bad auth : )?Authentication failed",
        "MongoDB authentication failed",
    ),
    (r"about_Execution_Policies", "PowerShell runs no scripts (execution policy)"),
    (r"/dpkg/lock", "dpkg is locked by another process"),
    (r"\b1045\b.{0,20}Access denied", "MySQL access denied (1045)"),
    (r"! \[rejected\]", "git push rejected: the remote has work that is not here"),
    (r"fatal: not a git repository", "not a git repository"),
    (r"port is already allocated", "Docker: port is already allocated"),
    (
        r"permission denied while trying to connect to the Docker",
        "Docker socket: permission denied",
    ),
    (r"Port \d{1,5} is in use by another program", "port is in use by another program"),
    (r"exec format error", "exec format error"),
    (r"conflicting dependencies|ResolutionImpossible", "pip: conflicting dependencies"),
    (r"(?:layer|/docker/).{0,300}no space left on device", "Docker: no space left on device"),
    (r"newer WSL kernel|WSL kernel version too low", "Docker needs a newer WSL kernel"),
    (r"is not in the sudoers file", "the user may not use sudo"),
    (r"ENOENT\b.{0,99}package\.json", "npm: there is no package.json"),
    (
        r"Python was not found; run|Python은\(는\) 설치되어 있지 않",
        "Windows: Python is not installed",
    ),
    (r"find or load main class|기본 클래스 \S{1,200} 찾거나 로드할", "Java: no main class"),
    (r"'&&' 토큰은|The token '&&' is not a valid", "PowerShell: InvalidEndOfLine"),
    (
        r"매개 변수 이름 '[^']{1,80}'와\(과\) 일치하는|parameter cannot be found that matches",
        "PowerShell: NamedParameterNotFound",
    ),
    (
        r"경로는 존재하지 않으므로 찾을|Cannot find path '[^']{1,300}' because it does",
        "PowerShell: PathNotFound",
    ),
    (
        r"문자열에 \S{1,3} 종결자가 없|string is missing the terminator",
        "PowerShell: TerminatorExpectedAtEndOfString",
    ),
    (
        r"(?:Error code|오류 코드): \S{0,200}?([A-Z]\w{0,40}_\w{1,40}|0x[\da-f]{8})",
        r"error code \1",
    ),
    (r"FullyQualifiedErrorId : (?!NativeCommandError)(\w{1,80})", r"PowerShell: \1"),
)
NAMED = tuple((re.compile(said, re.IGNORECASE), name) for said, name in KNOWN)
EXCEPTION = re.compile(
    r"^(?:error: |\S+:\d+: )?(?:E\s+|Exception in thread \"[^\"]{0,80}\" |Caused by: |원인: )?"
    r"(?:Uncaught (?:\(in promise\) )?)?(?:"
    r"(?:[a-z_]\w{0,60}\.){1,8}(?P<named>[A-Z]\w{1,80})"
    r"|(?P<ending>[A-Z]\w{0,80}"
    r"(?:Error|Exception|NotFound|Failure|Timeout|Interrupt|Exit|Refused|Warning)"
    r"|(?:[A-Z][a-z]{1,30}){3,8}(?=: ))"
    r")(?: ?\[\w+\])?(?:: *(?P<message>.*))?$"
)
FRAME = re.compile(
    r'^\s*(?:File "(?P<file>.{1,400}?)", line \d+, in (?P<function>\S+)'
    r"|(?:File |Cell )?(?P<cell>\S.{0,300}?)(?::\d+|, line \d+|\]|>)?,? in (?P<called>[\w.]+)\()"
)
ELSEWHERE = re.compile(
    r"(?:site|dist)-packages|[\\/]lib[\\/]python|^<frozen|[\\/]Lib[\\/]|\.pyx", re.I
)
SAYS_LITTLE = frozenset({"IndexError", "KeyError", "RecursionError", "ZeroDivisionError"})
ABOUT_CODE = frozenset(
    {"AttributeError", "ImportError", "ModuleNotFoundError", "NameError", "NullPointerException"}
    | {"ReferenceError", "TypeError", "UnboundLocalError"}
)
PROMPT = re.compile(
    r"^(?:\([\w.-]+\)\s*)?(?:(?:PS )?[A-Za-z]:\\[^>]*>|\S+@\S+(?:[:\s]\S*)?\s?[$#%] |[$%] |>>> "
    r"|In \[\d*\]: |➜ |\S+@\S+ MINGW\d\d )"
)
TAG = re.compile(r"</?[A-Za-z][^>]{0,200}>")
TELLING = re.compile(
    r"error|err!|fatal|fail|cannot|can't|could ?n[o']t|denied|not found|no such"
    r"|refused|invalid|not (?:created|supported|available|installed)"
    r"|unable|conflict|rejected|not accessible|timed out|not recognized|no space|already in use"
    r"|오류|실패|없습니다|않습니다|아닙니다|거부|없음",
    re.IGNORECASE,
)
WEAKLY = re.compile(
    r"\b(?:died|killed|crash\w*|unexpected|missing|must|too (?:large|long|many|small|few|old)"
    r"|exceed\w*|expired|locked|closed|blocked|broken|deprecated|forbidden|not \w+"
    r"|no \w+ (?:found|provided)|terminated)\b"
    r"|없[는음]|못했",
    re.IGNORECASE,
)
CONSEQUENCE = re.compile(
    r"^\W*(?:hint|note|error code|오류 코드|info|warning: retrying|see )\b"
    r"|^\W*=> |^\s*(?:throw|at) |failed to push some refs|failed building wheel"
    r"|could not build wheels|exited with|ignored the following|could not find a version"
    r"|did not run successfully|while executing command|system error \d|시스템 오류 \d"
    r"|unable to find image|\serror$|^npm \S+ (?:code|syscall|path|errno) "
    r"|^error: [a-z]+(?:-[a-z]+)+$",
    re.IGNORECASE,
)
LETTER = re.compile(r"[^\W\d_]")
WRAPPED = re.compile(r"\((?:\w+\.)+(\w+)\) (.*)")
"""The driver's error in that of who wraps it."""
QUOTED_SENTENCE = re.compile(r"[\"'](.* .*)[\"']$")
DECLARED = re.compile(r"(?:\w+: )?(?:error|fatal|E|오류|치명적 오류):", re.IGNORECASE)
HEADLINE = re.compile(r"^[^a-z\uac00-\ud7a3]*$")

Found = tuple[int, re.Match[str]]
"""The number of a line, and the exception in it."""


def fingerprint_of(error: str) -> Fingerprint | None:
    """Return the fingerprint of an error text; None if there is nothing to tell it by."""
    lines = lines_of(error)
    shape = _known("\n".join(lines)) or _of_exception(lines) or _of_line(lines)
    shape = shape[:SHAPE_MOST]
    if not LETTER.search(shape):
        return None
    telling = " ".join(shape.casefold().replace(GONE, " ").split()[:TELLING_WORDS])
    key = hashlib.sha256(telling.encode()).hexdigest()[:32]
    return Fingerprint(key=key, shape=shape)


def _known(text: str) -> str:
    for said, name in NAMED:
        if found := said.search(text):
            about = next(filter(None, found.groups()), "")
            return name.replace(r"\1", about)
    return ""


def _of_exception(lines: list[str]) -> str:
    found = [(place, match) for place, line in enumerate(lines) if (match := _exception(line))]
    found = [each for each in found if not _kind(each[1]).endswith("Warning")] or found[-1:]
    if not found:
        return ""
    place, match = _telling(found)
    kind, message = _kind(match), (match["message"] or "").strip().removesuffix("null")
    if wrapped := WRAPPED.match(message):
        kind, message = wrapped[1], wrapped[2]
    if (quoted := QUOTED_SENTENCE.match(message)) and kind == "KeyError":
        message = quoted[1]
    shape = shape_of(_continued(message, lines[place + 1 :]), names_matter=kind in ABOUT_CODE)
    function = ""
    if kind in SAYS_LITTLE or not shape:
        is_bare = shape in {"", GONE}
        function = _own_function(lines[:place], is_bare=is_bare)
        shape = message if is_bare and not function else shape
    told = f"{shape}{' in ' if function else ''}{function}".strip()
    return told if kind.endswith("Warning") else f"{kind}: {told}".removesuffix(": ")


def _telling(found: list[Found]) -> Found:
    """Return the last exception, or the first of those that directly follow each other."""
    place, match = found[-1]
    for before, other in reversed(found[:-1]):
        if before == place - 1 and "Caused by" not in match[0]:
            place, match = before, other
    return place, match


def _exception(line: str) -> re.Match[str] | None:
    match = EXCEPTION.match(line.strip())
    return match if match and _kind(match) not in {"Error", "Exception"} else None


def _kind(match: re.Match[str]) -> str:
    kind = match["named"] or match["ending"]
    return ALIASES.get(kind, kind)


def _continued(message: str, after: list[str]) -> str:
    """Return the message with the line after it, if that is part of the sentence or the rest."""
    following = after[0].strip() if after else ""
    if following.startswith("at "):
        return message
    if message and not message.endswith(":"):
        goes_on = message[-1].islower() and following[:1].islower() and ": " not in following
    else:
        goes_on = re.match(r"[A-Za-z]\w+ ", following) is not None
    return f"{message} {following}" if goes_on else message


def _own_function(lines: list[str], *, is_bare: bool) -> str:
    """Return the innermost function of own files in the last traceback; "" if there is none.

    Where a library raised the error and its message says what is wrong, it does not matter.
    """
    start = max((at for at, line in enumerate(lines) if "Traceback (most" in line), default=0)
    frames = [
        (match["file"] or match["cell"], match["function"] or match["called"])
        for match in map(FRAME.match, lines[start:])
        if match
    ]
    if frames and ELSEWHERE.search(frames[-1][0]) and not is_bare:
        return ""
    own = (function for file, function in reversed(frames) if not ELSEWHERE.search(file))
    return next((name.split(".")[-1] for name in own if not name.startswith("<")), "")


def _of_line(lines: list[str]) -> str:
    without = [TAG.sub("", PROMPT.sub("$ ", line.strip())) for line in lines]
    said = [line for line in without if LETTER.search(line) and not line.startswith("$ ")]
    telling = [line for line in said if TELLING.search(line) or DECLARED.match(line)]
    causes = [line for line in telling if not (CONSEQUENCE.search(line) or HEADLINE.match(line))]
    causes.sort(key=lambda line: (not DECLARED.match(line), line.endswith(":"), len(line) < 20))
    weakly = [line for line in said if WEAKLY.search(line) and not CONSEQUENCE.search(line)]
    ranked = (_deepest(said), causes, weakly, telling, said)
    for line in (each for lines in ranked for each in lines[:TRIED_MOST]):
        shape = shape_of(line)
        if LETTER.search(shape):
            return shape
    return ""


def _deepest(lines: list[str]) -> list[str]:
    """Return Gradle's innermost cause, which it marks by ">"; nothing if Gradle does not speak."""
    wrong = [at for at, line in enumerate(lines) if "went wrong:" in line]
    rest = list(
        takewhile(lambda line: not line.startswith("* "), lines[wrong[-1] + 1 :] if wrong else ())
    )
    marked = [at for at, line in enumerate(rest) if line.startswith("> ")]
    return [_continued(rest[marked[-1]][2:], rest[marked[-1] + 1 :])] if marked else rest[:1]
