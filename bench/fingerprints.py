"""How well the fingerprint tells which errors are the same: python -m bench.fingerprints.

Every pair of the labelled texts is judged. Precision: of the pairs with one fingerprint, how many
are one problem. Recall: of the pairs that are one problem, how many have one fingerprint. The texts
of a held-out part are about other problems than those of the parts before it. The rules were
changed after the first was measured, and not since the second was written: change one for its
sake, and it belongs to seen.txt.
"""

import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from tracker.rules.fingerprints import fingerprint_of

ERRORS = Path(__file__).with_name("errors")
SETS = ("seen", "held_out_1", "held_out_2")
PRECISION, RECALL = 0.95, 0.85


@dataclass(frozen=True)
class Labelled:
    """An error text and the problem that it is a case of."""

    problem: str
    text: str


@dataclass(frozen=True)
class Score:
    """Pairwise precision and recall, 0.0 to 1.0; 1.0 where there is no pair."""

    precision: float
    recall: float


def read(name: str) -> list[Labelled]:
    """Return the labelled texts of a set, in their order."""
    text = (ERRORS / f"{name}.txt").read_text(encoding="utf-8")
    halves = (part.partition("\n") for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:])
    return [Labelled(problem, text.rstrip("\n")) for problem, _, text in halves]


def key_of(text: str) -> str:
    """Return the fingerprint's key; a text that has none is alone."""
    found = fingerprint_of(text)
    return found.key if found else f"alone: {text}"


def score(labelled: list[Labelled]) -> Score:
    """Judge every pair of the texts."""
    keys = [key_of(each.text) for each in labelled]
    joined = _pairs(keys)
    wanted = _pairs([each.problem for each in labelled])
    right = _pairs(list(zip(keys, (each.problem for each in labelled), strict=True)))
    return Score(
        precision=right / joined if joined else 1.0, recall=right / wanted if wanted else 1.0
    )


def _pairs(names: list[object] | list[str]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(names).values())


def mistakes(labelled: list[Labelled]) -> list[str]:
    """Return a line for each problem that is torn apart, and each key that joins several."""
    torn, joined = defaultdict(dict), defaultdict(dict)
    for each in labelled:
        found = fingerprint_of(each.text)
        torn[each.problem][key_of(each.text)] = joined[key_of(each.text)][each.problem] = (
            found.shape if found else "(none)"
        )
    return [f"torn   {name}: {[*f.values()]}" for name, f in torn.items() if len(f) > 1] + [
        f"joined {found}" for found in joined.values() if len(found) > 1
    ]


def main() -> None:
    """Print the scores of each part and of all; with `-v` what went wrong."""
    sets = {name: read(name) for name in SETS}
    sets["all"] = [each for found in sets.values() for each in found]
    for name, labelled in sets.items():
        result, problems = score(labelled), {each.problem for each in labelled}
        print(
            f"{name:10} {len(labelled):4} texts of {len(problems):3} problems:"
            f" precision {result.precision:.3f}, recall {result.recall:.3f}"
        )
        if "-v" in sys.argv and name == "all":
            print("\n".join(mistakes(labelled)))


if __name__ == "__main__":
    main()
