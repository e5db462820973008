"""Tells of each command that a client sends to the database: its name and how long it took."""

from collections.abc import Callable

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)


class CommandsTold(CommandListener):
    """Calls `tell(name, seconds, failed)` in the thread that asked, once the answer is there."""

    def __init__(self, tell: Callable[[str, float, bool], None]) -> None:
        self._tell = tell

    def started(self, event: CommandStartedEvent) -> None:
        """Wait for the answer."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        self._tell(event.command_name, event.duration_micros / 1e6, False)  # noqa: FBT003

    def failed(self, event: CommandFailedEvent) -> None:
        self._tell(event.command_name, event.duration_micros / 1e6, True)  # noqa: FBT003
