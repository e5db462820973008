"""What a learner says in a log, as it is stored there and in its revisions."""

from dataclasses import asdict

from tracker.documents.schema import Document, Schema, many, maybe, text, whole, word
from tracker.models import LogEntry, LogState, Pace

ENTRY: dict[str, Schema] = {
    "state": word(LogState),
    "understanding": maybe(whole(1, 5)),
    "pace": maybe(word(Pace)),
    "minutes": maybe(whole(0, 6000)),
    "line": text(300),
    "key_points": many(text(300), most=20),
    "note": text(),
}


def entry_from(document: Document) -> LogEntry:
    return LogEntry(
        state=LogState(document["state"]),
        understanding=document["understanding"],
        pace=Pace(document["pace"]) if document["pace"] else None,
        minutes=document["minutes"],
        line=document["line"],
        key_points=tuple(document["key_points"]),
        note=document["note"],
    )


def document_of(entry: LogEntry) -> Document:
    return {
        **asdict(entry),
        "state": entry.state.value,
        "pace": entry.pace.value if entry.pace else None,
        "key_points": list(entry.key_points),
    }
