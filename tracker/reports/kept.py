"""What a process keeps of the database in memory, each thing under the version it was read at."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Version = TypeVar("Version")
Value = TypeVar("Value")


class Kept(Generic[Key, Version, Value]):
    """The values that were used last, at most this many; each counts for one version alone."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Key, tuple[Version, Value]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, version: Version, read: Callable[[], Value]) -> Value:
        """Return the value at this version; read it if another one is kept, or none."""
        value = self.find(key, version)
        if value is None:
            value = read()
            self.put(key, version, value)
        return value

    def find(self, key: Key, version: Version) -> Value | None:
        """Return the value if it is kept at this version."""
        kept = self._values.get(key)
        return kept[1] if kept is not None and kept[0] == version else None

    def put(self, key: Key, version: Version, value: Value) -> None:
        """Keep the value at this version, in place of any other."""
        with self._lock:
            self._values[key] = (version, value)
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
