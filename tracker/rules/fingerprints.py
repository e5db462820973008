"""Which errors are the same one: the fingerprint of a pasted error text.

A Python exception is told by its type and the shape of its message; if it is one of those that
own code makes (KeyError, TypeError ...), by the own functions it passed through as well. What is
no exception is told by the line that names the failure. A few failures have a name of their own
here, since tools say them in several ways or languages. See bench/fingerprints.py for how well.
"""

import hashlib
import re
from dataclasses import dataclass
from itertools import groupby

from tracker.rules.error_shapes import GONE, shape_of

READ_MOST = 20_000
"""Characters of an error text that are looked at, from its end: there stands what counts."""
LINE_MOST = 500
"""Characters of one line that are looked at: patterns go back and forth over a line."""
SHAPE_MOST = 300


@dataclass(frozen=True)
class Fingerprint:
    """What equal errors have in common: `key` for the index, `shape` to read and to compare."""

    key: str
    shape: str


KNOWN = (
    # (how it is said, its name); \1 is the command or package that it is about
    (r"CERTIFICATE_VERIFY_FAILED", "certificate verify failed"),
    (
        r"'?([\w.-]{1,60})'?은\(는\) 내부 또는 외부 명령"
        r"|'([\w.-]{1,60})' is not recognized as an internal"
        r"|'([\w.-]{1,60})' 용어가 cmdlet|The term '([\w.-]{1,60})' is not recognized",
        r"\1 is not recognized as a command",
    ),
    (
        r"sh: (?:(?:\w+ )?\d+: )?([\w.-]{1,60}): (?:command )?not found"
        r"|command not found: ([\w.-]{1,60})"
        r"|([\w.-]{1,60}): 명령어?를 찾을 수 없",
        r"\1: command not found",
    ),
    (
        r"not been properly configured to use 'conda|Run 'conda init' before",
        "conda init is missing",
    ),
    (r"(?:are|is) too open\b", "permissions of the private key are too open"),
    (r"Host key verification failed|HOST IDENTIFICATION HAS CHANGED", "host key has changed"),
    (r"CUDA out of memory", "CUDA out of memory"),
    (
        r"(?:pymongo|Mongo)\S{0,80}: (?:bad auth : )?Authentication failed",
        "MongoDB authentication failed",
    ),
    (r"about_Execution_Policies", "PowerShell runs no scripts (execution policy)"),
    (r"/dpkg/lock", "dpkg is locked by another process"),
    (r"\b1045\b.{0,20}Access denied", "MySQL access denied (1045)"),
    (r"Please tell me who you are|auto-detect email address", "git: unknown author"),
    (r"! \[rejected\]", "git push rejected: the remote has work that is not here"),
    (
        r"fatal: Authentication failed for 'http|Support for password auth",
        "git authentication failed",
    ),
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
    (r"all tensors to be on the same device", "tensors are on different devices"),
    (r"newer WSL kernel|WSL kernel version too low", "Docker needs a newer WSL kernel"),
    (r"is not in the sudoers file", "the user may not use sudo"),
    (r"ENOENT\b.{0,99}package\.json", "npm: there is no package.json"),
    (
        r"Python was not found; run|Python은\(는\) 설치되어 있지 않",
        "Windows: Python is not installed",
    ),
    (r"Microsoft Visual C\+\+ [\d.]{1,9} or greater", "Microsoft Visual C++ is required"),
)
NAMED = tuple((re.compile(said, re.IGNORECASE), name) for said, name in KNOWN)
EXCEPTION = re.compile(
    r"^(?:E\s+)?(?:"
    r"(?:[a-z_]\w{0,60}\.){1,8}(?P<named>[A-Z]\w{1,80})"
    r"|(?P<ending>[A-Z]\w{0,80}(?:Error|Exception|NotFound|Failure|Timeout|Interrupt|Exit|Refused))"
    r")(?:: *(?P<message>.*))?$"
)
FRAME = re.compile(r'^\s*File "(.{1,400}?)", line \d+, in (\S+)')
ELSEWHERE = re.compile(r"(?:site|dist)-packages|[\\/]lib[\\/]python|^<frozen|[\\/]Lib[\\/]", re.I)
OF_OWN_CODE = frozenset(
    {"AttributeError", "IndexError", "KeyError", "NameError", "RecursionError", "TypeError"}
    | {"UnboundLocalError", "ValueError", "ZeroDivisionError"}
)
PROMPT = re.compile(
    r"^(?:\([\w.-]+\)\s*)?(?:PS )?[A-Za-z]:\\[^>]*>|^(?:\([\w.-]+\)\s*)?\S+@\S+[:\s]\S*[$#%] |^\$ "
)
TAG = re.compile(r"</?[A-Za-z][^>]{0,200}>")
TELLING = re.compile(
    r"error|fatal|\[emerg\]|\[crit\]|fail|cannot|can't|could ?n[o']t|denied|not found|no such"
    r"|refused|invalid|not (?:created|supported|available|installed)"
    r"|unable|conflict|rejected|not accessible|timed out|not recognized|no space|already in use"
    r"|오류|실패|없습니다|않습니다|아닙니다|거부|없음",
    re.IGNORECASE,
)
CONSEQUENCE = re.compile(
    r"^\W*(?:hint|note|failing command|err:\d|error code|오류 코드"
    r"|debug\d|info|warning: retrying|consider|see )\b|failed to push some refs"
    r"|subprocess-exited|failed building wheel|could not build wheels|test failed|still could not"
    r"|exited with|ignored the following|could not find a version|automatic merge failed"
    r"|in worker process|permission denied \(publickey|did not run successfully"
    r"|while executing command|system error \d"
    r"|시스템 오류 \d|failed with initial|unable to find image|^\W*=> |originates from a subprocess"
    r"|\.\.\. error$|^\s*\+ ",
    re.IGNORECASE,
)


def fingerprint_of(error: str) -> Fingerprint | None:
    """Return the fingerprint of an error text; None if there is nothing to tell it by."""
    lines = [line[:LINE_MOST] for line in error[-READ_MOST:].splitlines()]
    text = "\n".join(lines)
    shape = _known(text) or _of_exception(lines) or _of_line(lines)
    shape = shape[:SHAPE_MOST]
    if not any(char.isalpha() for char in shape):
        return None
    key = hashlib.sha256(shape.casefold().encode()).hexdigest()[:32]
    return Fingerprint(key=key, shape=shape)


def _known(text: str) -> str:
    for said, name in NAMED:
        if found := said.search(text):
            about = next(filter(None, found.groups()), "")
            return name.replace(r"\1", about)
    return ""


def _of_exception(lines: list[str]) -> str:
    found = [(place, match) for place, line in enumerate(lines) if (match := _exception(line))]
    if not found:
        return ""
    place, match = found[-1]
    kind, message = _kind(match), (match["message"] or "").strip()
    shape = shape_of(message)
    if kind not in OF_OWN_CODE:
        return f"{kind}: {shape}" if shape else kind
    is_bare = shape in {"", GONE}
    functions = _own_functions(lines[:place], is_bare=is_bare)
    if is_bare and not functions:
        shape = message
    through = f" in {' > '.join(functions)}" if functions else ""
    return f"{kind}: {shape}{through}"


def _exception(line: str) -> re.Match[str] | None:
    match = EXCEPTION.match(line.strip())
    return match if match and _kind(match) not in {"Error", "Exception"} else None


def _kind(match: re.Match[str]) -> str:
    return match["named"] or match["ending"]


def _own_functions(lines: list[str], *, is_bare: bool) -> list[str]:
    """Return the functions of own files that the last traceback went through, outermost first.

    Where a library raised the error and its message says what is wrong, they do not matter.
    """
    start = max((at for at, line in enumerate(lines) if "Traceback (most" in line), default=0)
    frames = list(filter(None, map(FRAME.match, lines[start:])))
    if frames and ELSEWHERE.search(frames[-1][1]) and not is_bare:
        return []
    own = [frame[2] for frame in frames if not ELSEWHERE.search(frame[1])]
    named = [name for name in own if not name.startswith("<")]
    return [name for name, _same in groupby(named)]


def _of_line(lines: list[str]) -> str:
    without = [TAG.sub("", PROMPT.sub("$ ", line.strip())) for line in lines]
    said = [line for line in without if line.strip() and not line.startswith("$ ")]
    telling = [line for line in said if TELLING.search(line)]
    causes = [line for line in telling if not CONSEQUENCE.search(line)]
    for line in (*causes, *telling, *said):
        shape = shape_of(line)
        if any(char.isalpha() for char in shape):
            return shape
    return ""
