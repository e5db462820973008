"""Gives problems the fingerprints that today's rules make, so that new requests find them.

Where another problem has that fingerprint already, the two stay as they are: staff merge them, for
each may have an answer. Requests stay with the problem that they have joined.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tracker.documents import cohorts, help_requests, problems
from tracker.documents.schema import Db, batches
from tracker.models import CohortId, HelpRequestId
from tracker.rules.fingerprints import Fingerprint, fingerprint_of


def run(db: Db) -> Iterator[None]:
    """Look at the requests of one fingerprint at a time."""
    for cohort_id in cohorts.list_ids(db):
        alike: dict[str, list[HelpRequestId]] = defaultdict(list)
        for request in help_requests.list_short_for_cohort(db, cohort_id):
            alike[request.fingerprint].append(request.id)
        for fingerprint, ids in alike.items():
            _look_again(db, cohort_id, fingerprint, ids)
            yield


def _look_again(db: Db, cohort_id: CohortId, old: str, ids: list[HelpRequestId]) -> None:
    """Let the problem go where most of its requests go; the problem first, for they tell of it."""
    found: dict[HelpRequestId, Fingerprint] = {}
    for batch in batches(ids):
        for request in help_requests.list_by_id(db, batch):
            if fingerprint := fingerprint_of(request.error):
                found[request.id] = fingerprint
    changed = {each: (new.key, new.shape) for each, new in found.items() if new.key != old}
    if not changed:
        return
    ((most, _),) = Counter(found.values()).most_common(1)
    problems.set_fingerprint(db, cohort_id, old, most.key, shape=most.shape)
    help_requests.set_fingerprints(db, changed)
