"""How alike a heading and the title of a lesson are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from tracker.posts.vocabulary import folded

EXACT = 1.0  # the same but for spaces, signs, language and case
NEARLY = 0.96  # the same but for an explanation in brackets, or the order of the words
CORE = 0.88  # the same but for words that every course title may carry
TYPO = 0.84  # one slip of the keyboard in a longer title

_SAME_WORDS = """
인프라 infra infrastructure|웹 web|앱 app application 애플리케이션 어플리케이션|서버 server
프로그래밍 programming|개발 development dev|클라우드 cloud|가상화 virtualization virtualisation
컴퓨팅 computing|네트워크 network networks networking|데이터 data|데이터베이스 database databases db
분석 analysis analytics|시각화 visualization visualisation|수집 collection|처리 processing
전처리 preprocessing|머신 machine|러닝 learning|머신러닝 ml 기계학습|딥러닝 dl
인공지능 ai|자연어 language|자연어처리 nlp|비전 vision|컴퓨터 computer|모델링 modeling modelling
모델 model models|통계 statistics|알고리즘 algorithm algorithms|자료구조 datastructure
운영체제 os|보안 security|배포 deployment deploy|테스트 test testing|설계 design|디자인 ui
기초 basic basics fundamentals intro introduction introductory 입문 초급 기본 개론
심화 advanced 고급|실습 practice lab hands|이론 theory|이해 understanding|활용 using usage
프론트엔드 frontend|백엔드 backend|파이썬 python|자바 java|자바스크립트 javascript js
타입스크립트 typescript ts|장고 django|플라스크 flask|스프링 spring|리액트 react|리눅스 linux
도커 docker|쿠버네티스 kubernetes k8s|깃 git|깃허브 github|몽고디비 mongodb
크롤링 crawling scraping 스크래핑|빅데이터 bigdata|컨테이너 container containers
"""
_CANON = {
    word: words.split()[0]
    for words in _SAME_WORDS.replace("\n", "|").split("|")
    if words
    for word in words.split()
}
_COMMON_WORDS = """활용 개발 실습 이론 이해 기초 과정 수업 강의 정리 소개 특강 교육 학습 배우기
프로그래밍 웹 앱 서비스 프레임워크 framework lesson course class for the a an to of in with"""
_COMMON = frozenset(_COMMON_WORDS.split())
_JOINING = frozenset({"및", "and", "the", "of", "a", "an", "to", "with"})
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>|\{[^{}]*\}")
_PLACE = re.compile(r"^\W*(?:day|week|lesson|chapter)\s*\d+\b|^\W*\d+\s*(?:일차|주차|강|장)(?!\w)")
_WORD = re.compile(r"[가-힣]+|[a-z][a-z0-9]*[+#]*|\d+|[^\W\d_]")


@dataclass(frozen=True)
class Title:
    """A title taken apart for comparison."""

    words: tuple[str, ...]
    bare: tuple[str, ...]  # without explanations in brackets; numbers and levels there stay
    spelled: str  # the core of the bare words as it was written

    @property
    def joined(self) -> str:
        """All words in one: spaces do not count."""
        return "".join(self.words)

    @property
    def explanation(self) -> set[str]:
        """The words in brackets."""
        return set(self.words) - set(self.bare)


def title_of(text: str) -> Title:
    """Take a heading or a lesson's title apart."""
    plain = _PLACE.sub("", folded(text))
    outside = _raw_words(_BRACKETS.sub(_kept_in_brackets, plain))
    words = _canonical(_raw_words(plain))
    return Title(words, _canonical(outside) or words, "".join(_core(outside)))


def likeness(heading: Title, title: Title) -> float:
    """Return how alike two titles are, 0.0 to 1.0; two empty ones are not alike (0.0).

    Words of a level ("심화") or a number on one side only make them different: a wrong match is
    worse than none.
    """
    if not heading.words or not title.words:
        return 0.0
    if heading.joined == title.joined:
        return EXACT
    if title.joined == "".join(heading.bare) or heading.joined == "".join(title.bare):
        return NEARLY
    if sorted(heading.bare) == sorted(title.words):
        return NEARLY
    both = heading.explanation and title.explanation
    if both and not heading.explanation & title.explanation:
        return _core_likeness(heading.words, title.words)  # "SQL (이론)" and "SQL (실습)"
    alike = _core_likeness(heading.bare, title.bare)
    return (
        alike if _differ(heading.bare, title.bare) else max(alike, _typo_likeness(heading, title))
    )


def _core_likeness(heading: tuple[str, ...], title: tuple[str, ...]) -> float:
    if _differ(heading, title):
        return _overlap(set(heading), set(title))
    ours, theirs = _core(heading), _core(title)
    if "".join(ours) == "".join(theirs) or sorted(ours) == sorted(theirs):
        return CORE
    return _overlap(set(ours), set(theirs))


def _differ(heading: tuple[str, ...], title: tuple[str, ...]) -> bool:
    """Tell whether both have words beside their core and share none: "SQL 이론", "SQL 실습"."""
    extra = set(heading) - set(_core(heading))
    their_extra = set(title) - set(_core(title))
    return bool(extra and their_extra and not extra & their_extra)


def _overlap(ours: set[str], theirs: set[str]) -> float:
    """Return the share of all words that both have, 0.0 to 0.8."""
    return 0.8 * len(ours & theirs) / len(ours | theirs)


def _typo_likeness(heading: Title, title: Title) -> float:
    ours, theirs = heading.spelled, title.spelled
    shortest = min(len(ours), len(theirs))
    long_enough = shortest >= (6 if f"{ours}{theirs}".isascii() else 8)
    if not long_enough or ours[0] != theirs[0] or _digits(ours) != _digits(theirs):
        return 0.0
    return TYPO if OSA.distance(ours, theirs, score_cutoff=1) <= 1 else 0.0


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _raw_words(text: str) -> list[str]:
    words = [word for word in _WORD.findall(text) if word not in _JOINING]
    last = len(words) - 1
    return [
        word[:-1] if place < last and len(word) > 2 and word[-1] in "와과" else word
        for place, word in enumerate(words)
    ]


def _kept_in_brackets(match: re.Match[str]) -> str:
    kept = (
        word for word in _WORD.findall(match[0]) if word.isdigit() or _CANON.get(word) == "심화"
    )
    return f" {' '.join(kept)} "


def _canonical(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(_CANON.get(word, word) for word in words)


def _core(words: Iterable[str]) -> list[str]:
    """Return the words that tell one course from another; all of them if none does."""
    words = list(words)
    return [word for word in words if _CANON.get(word, word) not in _COMMON] or words
