"""What is in a backup: a header in clear, then a compressed stream of documents and a manifest.

The first line names the format, the second is the header as JSON. The rest are chunks (see
chunks.py) of one zlib stream of frames: a kind (1 byte), a length (4 bytes), a content. `C` begins
a collection with its name, `D` holds BSON documents of it, one after the other, and `M`, the last,
is the manifest: the header's digest, and count and SHA-256 of each collection.
"""

import hashlib
import hmac
import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, BinaryIO
from uuid import uuid4

from tracker.backups.chunks import ChunkWriter, Damaged, derived, read_chunks
from tracker.errors import Invalid

FORMAT = b"didim backup 1\n"
HEADER_MOST = 4_096  # bytes
FRAME_MOST = 2**26  # bytes; a batch of documents is at most 48 million
PIECE = 2**20  # bytes that are unpacked at once
LEAD = struct.Struct(">cI")
LENGTH = struct.Struct("<i")
LEVEL = 6
Part = tuple[str, bytes]
"""A collection's name, and some of its documents in BSON, one after the other."""


@dataclass(frozen=True)
class Header:
    """What is known of a backup without its key; `began` is before the first document was read."""

    database: str
    began: str
    app: str
    id: str = field(default_factory=lambda: uuid4().hex)
    salt: str = field(default_factory=lambda: os.urandom(16).hex())
    key_check: str = ""

    @property
    def began_at(self) -> datetime:
        return datetime.fromisoformat(self.began)


class _Tally:
    """Counts the documents of each collection and digests them, in the order that they come."""

    def __init__(self, header: bytes) -> None:
        self._header = hashlib.sha256(header).hexdigest()
        self.counts: dict[str, int] = {}
        self._digests: dict[str, Any] = {}

    def begin(self, name: str) -> None:
        self.counts.setdefault(name, 0)
        self._digests.setdefault(name, hashlib.sha256())

    def add(self, name: str, documents: bytes) -> None:
        self.counts[name] += sum(1 for _ in split(documents))
        self._digests[name].update(documents)

    def manifest(self) -> bytes:
        told = {
            name: {"count": count, "sha256": self._digests[name].hexdigest()}
            for name, count in self.counts.items()
        }
        return json.dumps({"header": self._header, "collections": told}).encode()


def write_backup(
    file: BinaryIO, header: Header, parts: Iterable[Part], key: bytes | None
) -> dict[str, int]:
    """Write a whole backup and return how many documents of each collection it holds."""
    lines, own = _lines(header, key)
    file.write(lines)
    chunks, packer, tally = ChunkWriter(file, lines, own), zlib.compressobj(LEVEL), _Tally(lines)

    def put(kind: bytes, content: bytes) -> None:
        chunks.write(packer.compress(LEAD.pack(kind, len(content)) + content))

    current = None
    for name, documents in parts:
        if name != current:
            put(b"C", name.encode())
            tally.begin(name)
            current = name
        if documents:
            put(b"D", documents)
            tally.add(name, documents)
    put(b"M", tally.manifest())
    chunks.write(packer.flush())
    chunks.close()
    return tally.counts


def read_header(file: BinaryIO) -> Header:
    """Return the header at the file's beginning. Raises Invalid, or Damaged."""
    return _header_of(_read_lines(file))


def read_backup(file: BinaryIO, key: bytes | None) -> Iterator[Part]:
    """Yield all that the file holds, a batch at a time; a collection without documents has b"".

    Raises Damaged as soon as something is wrong, at the latest after the last batch: nothing of
    it is proven before. Raises Invalid if the key is missing or another one.
    """
    lines = _read_lines(file)
    own = _own_key(_header_of(lines), key)
    tally, name, manifest = _Tally(lines), "", b""
    for kind, content in _frames(read_chunks(file, lines, own)):
        if manifest or (kind == b"D" and not name):
            raise Damaged("it was changed")
        if kind == b"C":
            name = content.decode()
            tally.begin(name)
            yield name, b""
        elif kind == b"D":
            tally.add(name, content)
            yield name, content
        else:
            manifest = content
    if not hmac.compare_digest(manifest, tally.manifest()):
        raise Damaged("its documents are not those that were written")


def count_backup(file: BinaryIO, key: bytes | None) -> dict[str, int]:
    """Read the whole file, prove it, and return the number of documents of each collection."""
    counts: dict[str, int] = {}
    for name, documents in read_backup(file, key):
        counts[name] = counts.get(name, 0) + sum(1 for _ in split(documents))
    return counts


def split(documents: bytes) -> Iterator[bytes]:
    """Yield each BSON document: it begins with its length, 4 bytes, little end first."""
    start = 0
    while start < len(documents):
        if len(documents) - start < LENGTH.size:
            raise Damaged("a document is cut short")
        (length,) = LENGTH.unpack_from(documents, start)
        if length < LENGTH.size + 1 or start + length > len(documents):
            raise Damaged("a document is cut short")
        yield documents[start : start + length]
        start += length


def _lines(header: Header, key: bytes | None) -> tuple[bytes, bytes | None]:
    """Return the first two lines of the file, and the key of its own."""
    values, own = asdict(header), None
    if key is not None:
        salt = bytes.fromhex(header.salt)
        values["key_check"] = derived(key, salt, b"check").hex()
        own = derived(key, salt, b"chunks")
    return FORMAT + json.dumps(values).encode() + b"\n", own


def _read_lines(file: BinaryIO) -> bytes:
    first = file.readline(len(FORMAT) + 8)
    if first != FORMAT:
        if first.startswith(b"didim backup "):
            raise Invalid(["the file has another format; restore it with the Didim that made it"])
        raise Damaged("it is no backup of Didim")
    second = file.readline(HEADER_MOST)
    if not second.endswith(b"\n"):
        raise Damaged("it is cut short")
    return first + second


def _header_of(lines: bytes) -> Header:
    try:
        header = Header(**json.loads(lines[len(FORMAT) :]))
        bytes.fromhex(header.salt + header.key_check)
        assert header.began_at.tzinfo is not None
    except (AssertionError, AttributeError, TypeError, ValueError) as error:
        raise Damaged("its header was changed") from error
    return header


def _own_key(header: Header, key: bytes | None) -> bytes | None:
    """Return the key of this file; None where it is not sealed."""
    if not header.key_check:
        if key is not None:  # else whoever may write to the place could put one of their own there
            raise Invalid(["the backup is not sealed; give no key if that is as it should be"])
        return None
    if key is None:
        raise Invalid(["the backup is sealed; name its key with --key-file or BACKUP_KEY_FILE"])
    salt = bytes.fromhex(header.salt)
    if not hmac.compare_digest(derived(key, salt, b"check"), bytes.fromhex(header.key_check)):
        raise Invalid(["the backup was sealed with another key"])
    return derived(key, salt, b"chunks")


def _frames(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of each frame. Raises Damaged."""
    waiting = bytearray()
    for piece in _unpacked(chunks):
        waiting += piece
        while len(waiting) >= LEAD.size:
            kind, length = LEAD.unpack_from(waiting)
            if kind not in (b"C", b"D", b"M") or length > FRAME_MOST:
                raise Damaged("it was changed")
            if len(waiting) < LEAD.size + length:
                break
            yield kind, bytes(waiting[LEAD.size : LEAD.size + length])
            del waiting[: LEAD.size + length]
    if waiting:
        raise Damaged("it is cut short")


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    try:
        for chunk in chunks:
            data = chunk
            while data:
                yield unpacker.decompress(data, PIECE)
                data = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as error:
        raise Damaged("it was changed") from error
    if not unpacker.eof or unpacker.unused_data:
        raise Damaged("it is cut short")
