"""Makes a backup while people work, and proves it before it gets its name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from tracker.backups.bucket import SCHEME, Bucket
from tracker.backups.chunks import Damaged
from tracker.backups.container import Header, count_backup, write_backup
from tracker.backups.folder import Folder
from tracker.backups.keeping import Keep, name_for, not_kept
from tracker.documents import copying
from tracker.documents.schema import Db
from tracker.errors import Invalid

Place = Folder | Bucket


@dataclass(frozen=True)
class Made:
    """A backup: its address, bytes, documents by collection, and the names that went for it."""

    address: str
    size: int
    counts: dict[str, int]
    removed: list[str]


def place_at(address: str) -> Place:
    """Return the folder, or the bucket of an `s3://` address."""
    return Bucket(address) if address.startswith(SCHEME) else Folder(Path(address))


def back_up(
    db: Db,
    place: Place,
    *,
    key: bytes | None,
    keep: Keep | None,
    work: Path,
    app: str,
    at: datetime,
) -> Made:
    """Put a backup of the database there, then remove what is no longer kept.

    For a bucket it is made in the folder `work` first, and stays there until it has arrived; what
    an earlier run could not send goes with it. Raises Invalid.
    """
    folder = place if isinstance(place, Folder) else _made(work)
    header = Header(database=db.name, began=at.isoformat(), app=app)
    with folder.alone(), copying.told(db):
        path, counts = _write(db, folder, header, key, at)
        size = path.stat().st_size
        if isinstance(place, Bucket):
            _send(folder, place)
        removed = not_kept(place.names(), db.name, keep) if keep else []
        for name in removed:
            place.remove(name)
    return Made(f"{place}/{path.name}", size, counts, removed)


def prove(path: Path, key: bytes | None) -> dict[str, int]:
    """Read a whole backup and return its documents by collection. Raises Invalid."""
    try:
        with path.open("rb") as file:
            return count_backup(file, key)
    except Damaged as error:
        raise Invalid([f"{path.name} cannot be used: {error}"]) from error
    except OSError as error:
        raise Invalid([f"{path}: {error.strerror}"]) from error


def _made(folder: Path) -> Folder:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Invalid([f"{folder}: {error.strerror}"]) from error
    return Folder(folder)


def _write(
    db: Db, folder: Folder, header: Header, key: bytes | None, at: datetime
) -> tuple[Path, dict[str, int]]:
    counts: dict[str, int] = {}

    def write(file: BinaryIO, *, snapshot: bool) -> None:
        counts.update(write_backup(file, header, copying.read_all(db, snapshot=snapshot), key))

    def proven(path: Path) -> None:
        if prove(path, key) != counts:
            raise Invalid([f"{path.name} does not read back as it was written"])

    def add(writing: Callable[[BinaryIO], None]) -> Path:
        return folder.add(name_for(db.name, at), writing, proven)

    try:
        return add(partial(write, snapshot=True)), counts
    except copying.NoSnapshot:
        return add(partial(write, snapshot=False)), counts


def _send(folder: Folder, bucket: Bucket) -> None:
    """Send all that waits; a file goes once it has arrived."""
    for name in folder.names():
        bucket.put(folder.path / name)
        folder.remove(name)
    bucket.abort_stale()
