"""What can go wrong in the domain; the browser's side maps each of these to one answer."""


class TrackerError(Exception):
    """Base of every error that the domain raises on purpose."""


class NotFound(TrackerError):
    """There is no such document, or the reader may not know that there is (answered with 404)."""

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"no {kind} {key!r}")
        self.kind = kind


class Refused(TrackerError):
    """A member asks for what their role or the state of the record does not allow (403)."""


class Conflict(TrackerError):
    """The record changed since the form was opened: nothing was written."""


class Taken(TrackerError):
    """A value that must be unique is already used; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is already taken")
        self.field = field


class Invalid(TrackerError):
    """What was given cannot be used; `problems` holds one message a line, each with its remedy."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class EmbeddedServer(TrackerError):
    """The database is the embedded server, and nobody asked for that one by name."""

    def __init__(self) -> None:
        super().__init__(
            "this database is the embedded server, which is for laptops: give a real MongoDB in"
            " MONGODB_URI, or set DIDIM_EMBEDDED=1 if you want this one"
        )
