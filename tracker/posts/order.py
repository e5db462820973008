"""Giving lessons to headings, each once, in the curriculum's order where there is a choice."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

MARGIN = 0.05  # matches this close to a heading's best leave the choice to the order
SAME = 0.01  # scores this close are equal


class Match(NamedTuple):
    """A lesson, by its place in the curriculum's order, and a score from 0.0 to 1.0."""

    lesson: int
    score: float


def in_order(matches: Mapping[int, Sequence[Match]]) -> dict[int, Match]:
    """Return one match for each heading that gets a lesson; the keys come in the post's order.

    First the heaviest chain of matches in the curriculum's order, then what is left over. A choice
    that neither title nor order decides is not made.
    """
    choices = [_closest(found) for found in matches.values()]
    chain = _heaviest_chain(choices)
    used = {match.lesson for match in chain.values()}
    chosen = {
        row: match for row, match in chain.items() if _decided(row, match, choices, chain, used)
    }
    for row in (row for row in range(len(choices)) if row not in chain):
        free = [match for match in choices[row] if match.lesson not in used]
        if len(free) == 1:
            chosen[row] = free[0]
            used.add(free[0].lesson)
    keys = list(matches)
    return {keys[row]: chosen[row] for row in sorted(chosen)}


def _closest(found: Sequence[Match]) -> list[Match]:
    """Return a heading's matches near its best one, in the curriculum's order."""
    best = max(match.score for match in found)
    return sorted(match for match in found if match.score >= best - MARGIN)


def _heaviest_chain(choices: Sequence[Sequence[Match]]) -> dict[int, Match]:
    """Return by row the matches, rising in lesson, whose scores add up to most."""
    ends: dict[int, tuple[float, int]] = {}  # last lesson of a chain -> (total, its last link)
    links: list[tuple[int, Match, int]] = []  # row, match, link before (or -1)
    for row, found in enumerate(choices):
        for match in reversed(found):  # so that a row is not chained to itself
            before = max(
                (end for lesson, end in ends.items() if lesson < match.lesson),
                default=(0.0, -1),
            )
            total = before[0] + match.score
            if total > ends.get(match.lesson, (0.0, -1))[0]:
                links.append((row, match, before[1]))
                ends[match.lesson] = (total, len(links) - 1)
    chain: dict[int, Match] = {}
    at = max(ends.values(), default=(0.0, -1))[1]
    while at >= 0:
        row, match, at = links[at]
        chain[row] = match
    return chain


def _decided(
    row: int,
    match: Match,
    choices: Sequence[Sequence[Match]],
    chain: Mapping[int, Match],
    used: set[int],
) -> bool:
    """Tell whether no free lesson between the neighbours' would do as well."""
    low = max((other.lesson for at, other in chain.items() if at < row), default=-1)
    high = min((other.lesson for at, other in chain.items() if at > row), default=2**31)
    return not any(
        low < rival.lesson < high
        and rival.lesson not in used
        and abs(rival.score - match.score) <= SAME
        for rival in choices[row]
    )
