"""From the bytes of a file to text."""

_BOM = b"\xef\xbb\xbf"


class UndecodableError(ValueError):
    """The bytes are neither UTF-8 nor CP949 text."""


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8 (its byte order mark dropped), else CP949.

    Raises UndecodableError on anything else, and on binary data (a NUL byte).
    """
    if b"\0" in data:
        raise UndecodableError("binary data, not text")
    for encoding in ("utf-8", "cp949"):
        try:
            return data.removeprefix(_BOM).decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UndecodableError("neither UTF-8 nor CP949")
