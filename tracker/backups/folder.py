"""Backups in a folder. One is written under another name, proven, and then renamed."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tracker.backups.keeping import ENDING
from tracker.errors import Invalid

PART = ".part"


class Folder:
    """A folder of backups; it must exist, so that an unmounted disk is noticed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        """Return what a command was given."""
        return str(self.path)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other backups out; what one left behind that was killed is removed."""
        if not self.path.is_dir():
            raise Invalid([f"there is no folder {self.path}; create it first"])
        with _told(self.path), (self.path / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Invalid([f"another backup to {self.path} is running"]) from error
            for left in self.path.glob(f"*{PART}"):
                left.unlink()
            yield

    def names(self) -> list[str]:
        """Return the names of the backups, sorted. Raises Invalid if they cannot be read."""
        with _told(self.path):
            return sorted(each.name for each in self.path.iterdir() if each.suffix == ENDING)

    def size(self, name: str) -> int:
        return (self.path / name).stat().st_size

    def add(
        self, name: str, write: Callable[[BinaryIO], None], prove: Callable[[Path], None]
    ) -> Path:
        """Let `write` fill the file and `prove` read it; it has its name once it is on the disk."""
        path, part = self.path / name, self.path / (name + PART)
        with _told(self.path):
            try:
                with open(part, "wb", opener=_owner_only) as file:
                    write(file)
                    file.flush()
                    os.fsync(file.fileno())
                prove(part)
                part.rename(path)
                _sync(self.path)
            finally:
                part.unlink(missing_ok=True)
        return path

    def remove(self, name: str) -> None:
        with _told(self.path):
            (self.path / name).unlink()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into one line."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Invalid([f"{error.filename or path}: {reason}"]) from error


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
