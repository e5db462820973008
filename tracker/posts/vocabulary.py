"""The words by which a heading says what it is, in Korean and English."""

import re
import unicodedata

_GOOD = """좋았던점 좋은점 좋았던것 잘한점 잘된점 만족스러웠던점 whatwentwell wentwell whatiliked
whatweliked ilikedit whatwasgood goodpoints thegood liked"""
_LACKING = """아쉬웠던점 아쉬운점 아쉬웠던것 부족했던점 부족한점 개선할점 개선점 힘들었던점
whatwaslacking lacking whatilacked whatlacked whatcouldbebetter whatcouldhavebeenbetter
couldbebetter whatdidntgowell whatdidnotgowell whatwentwrong whatwasmissing whattoimprove thebad"""
_NEXT = """다음에해볼것 다음에해볼것들 다음에할것 다음에할일 다음에시도할것 다음에시도해볼것
앞으로해볼것 앞으로할것 앞으로할일 시도할것 시도해볼것 해보고싶은것 다음목표 nexttry nexttime
trynext trynexttime whattotrynext whattotry whattodonext
whatidonexttime whatilltrynext thingstotry"""
_SHORT = {  # too common alone: they need a sign of a retrospective around them
    "good": "retro_good", "keep": "retro_good", "pros": "retro_good",
    "bad": "retro_lacking", "problem": "retro_lacking", "problems": "retro_lacking",
    "cons": "retro_lacking", "improve": "retro_lacking",
    "try": "retro_next", "next": "retro_next", "nextsteps": "retro_next", "todo": "retro_next",
}  # fmt: skip
_HALVES = {
    **dict.fromkeys(_GOOD.split(), "retro_good"),
    **dict.fromkeys(_LACKING.split(), "retro_lacking"),
    **dict.fromkeys(_NEXT.split(), "retro_next"),
}
_REFLECTION_WORDS = """소감 느낀점 회고 소감및회고 회고및소감 전체소감 총평 마무리소감 kpt kpt회고
retrospective retro reflection reflections lookingback mythoughts"""
_REFLECTIONS = frozenset(_REFLECTION_WORDS.split())

_NUMBERING = re.compile(r"^\W*(?:\d+(?:\.\d+)*[.)](?!\d)|\d+(?:\.\d+)+)\s*")
_COMMENT = re.compile(r"^(?:my|나의|내|한줄|수업|개인)?(?:코멘트|커멘트|comments?)\d*$")
_STEP = re.compile(
    r"(?:(?<![a-z])step|스텝)[\s._#:-]*([0-9]{1,3})(?![0-9])"
    r"|(?<![0-9.])([0-9]{1,3})\s*(?:단계(?!\s*인증)|스텝)"
)
_PROJECT = re.compile(
    r"(?P<first>[0-9]{1,3})\s*(?:차|번째|st|nd|rd|th)\s*(?:미니|빅|mini|big|capstone)?[\s-]*"
    r"(?:프로젝트|project)"
    r"|(?:미니|빅|캡스톤|mini|big|capstone)[\s-]*(?:프로젝트|project)s?"
    r"(?:\s*#?\s*(?P<second>[0-9]{1,3})(?:차)?(?![0-9]))?"
    r"|capstone|캡스톤"
    r"|^(?:프로젝트|project)\s*#?\s*(?P<third>[0-9]{1,3})(?![0-9])"
)
_PIECES = re.compile(r"[/|()\[\]:·,–—]")
_EDGES = " \t:：-–—|/()[].,·"


def folded(text: str) -> str:
    """Return text in NFKC, case-folded and without numbering such as "1.2" in front."""
    return _NUMBERING.sub("", unicodedata.normalize("NFKC", text).casefold().strip(), count=1)


def _key(heading: str) -> str:
    return "".join(character for character in folded(heading) if character.isalnum())


def is_comment(heading: str) -> bool:
    """Tell whether a heading opens a comment wherever it stands."""
    return bool(_COMMENT.match(_key(heading)))


def is_reflection(heading: str) -> bool:
    """Tell whether a heading opens a comment under a lesson, else a retrospective."""
    return _key(heading) in _REFLECTIONS


def retro_half(heading: str, *, in_retrospective: bool = False) -> str | None:
    """Return "retro_good", "retro_lacking", "retro_next" or None.

    Words that headings use for other things too count only inside a retrospective, or beside one
    that is certain: "Keep (좋았던 점)".
    """
    keys = [key for piece in _PIECES.split(folded(heading)) if (key := _key(piece))]
    halves = {_HALVES.get(key) or _SHORT.get(key) for key in keys}
    certain = in_retrospective or any(key in _HALVES for key in keys)
    return halves.pop() if certain and len(halves) == 1 else None


def step_number_in(text: str) -> int | None:
    """Return the number of the first STEP named in a text, else None."""
    match = _STEP.search(unicodedata.normalize("NFKC", text).casefold())
    return int(match[1] or match[2]) if match else None


def project_in(heading: str) -> tuple[int | None, str] | None:
    """Return (number or None, the rest of the heading) of a project's heading, else None.

    Without a number the project's name must come first: "Mini project: Diary".
    """
    text = folded(heading)
    match = _PROJECT.search(text)
    if match is None:
        return None
    digits = match["first"] or match["second"] or match["third"]
    if not digits and text[: match.start()].strip(_EDGES):
        return None
    rest = f"{text[: match.start()]} {text[match.end() :]}".strip(_EDGES)
    return (int(digits) if digits else None), rest
