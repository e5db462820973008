"""The outer layer of a backup: chunks in order, sealed if there is a key, the last one marked.

A chunk is its mark (1 byte: 1 for the last), its length (4 bytes) and its content. Sealed content
is AES-256-GCM: the nonce is the chunk's number and mark, and the file's header is authenticated
with each, so that nothing can be cut, swapped, repeated or put under another header. Each file
has a key of its own, made from the one that is given and the header's salt.
"""

import base64
import binascii
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tracker.errors import Invalid

CHUNK = 2**20  # bytes before sealing
KEY_BYTES = 32
LEAD = struct.Struct(">BI")
Change = Callable[[bytes, bytes], bytes]
"""Turns a nonce and a content into what is written, or back; raises InvalidTag."""


class Damaged(Exception):
    """The file is not what was written: cut short, changed, or no backup at all."""


def read_key(path: Path) -> bytes:
    """Return the key that the file holds in base64. Raises Invalid with the remedy."""
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except (OSError, binascii.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not base64"
        raise Invalid([f"the key file {path} cannot be read: {reason}"]) from error
    if len(key) != KEY_BYTES:
        raise Invalid([f"the key file {path} holds no 32 bytes: openssl rand -base64 32 > {path}"])
    return key


def derived(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    """Return a key of its own for one purpose of one file."""
    return HKDF(SHA256(), KEY_BYTES, salt, b"didim backup: " + purpose).derive(key)


class ChunkWriter:
    """Writes what it is given in chunks; without a close the file counts as damaged."""

    def __init__(self, file: BinaryIO, header: bytes, key: bytes | None) -> None:
        self._file, self._number, self._waiting = file, 0, bytearray()
        self._seal = _sealing(header, key)

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=0)
            del self._waiting[:CHUNK]

    def close(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self._waiting), last=1)

    def _put(self, content: bytes, *, last: int) -> None:
        content = self._seal(_nonce(self._number, last), content)
        self._file.write(LEAD.pack(last, len(content)) + content)
        self._number += 1


def read_chunks(file: BinaryIO, header: bytes, key: bytes | None) -> Iterator[bytes]:
    """Yield the content of each chunk, up to the last one. Raises Damaged."""
    opened = _opening(header, key)
    number = last = 0
    while not last:
        lead = file.read(LEAD.size)
        if len(lead) < LEAD.size:
            raise Damaged("it is cut short")
        last, length = LEAD.unpack(lead)
        if last > 1 or length > 2 * CHUNK:
            raise Damaged("it was changed")
        content = file.read(length)
        if len(content) < length:
            raise Damaged("it is cut short")
        try:
            yield opened(_nonce(number, last), content)
        except InvalidTag as error:
            raise Damaged("it was changed") from error
        number += 1
    if file.read(1):
        raise Damaged("something was added to it")


def _nonce(number: int, last: int) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _sealing(header: bytes, key: bytes | None) -> Change:
    if key is None:
        return lambda _nonce, content: content
    cipher = AESGCM(key)
    return lambda nonce, content: cipher.encrypt(nonce, content, header)


def _opening(header: bytes, key: bytes | None) -> Change:
    if key is None:
        return lambda _nonce, content: content
    cipher = AESGCM(key)
    return lambda nonce, content: cipher.decrypt(nonce, content, header)
