"""Reads from the preview's form where each part shall go."""

from collections.abc import Mapping

from tracker.use_cases.importing_posts import Place

PLAIN = frozenset({"unfiled", "retro_good", "retro_lacking", "retro_next"})
ABOUT = frozenset({"lesson", "comment", "project"})


def places_from(form: Mapping[str, str], parts: int) -> dict[int, Place]:
    """Return the place chosen for each part, by index; what is not one of ours is left out.

    A field is named "part-3"; its value is a plain kind, or a kind and a target: "comment:65f…".
    """
    places = {}
    for index in range(parts):
        kind, _, target = form.get(f"part-{index}", "").partition(":")
        if kind in PLAIN:
            places[index] = Place(kind)
        elif kind in ABOUT and target:
            places[index] = Place(kind, target)
    return places
