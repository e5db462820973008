"""Backups in an S3 bucket: sent in parts; what was cut off goes on where it was."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tracker.backups.keeping import ENDING
from tracker.errors import Invalid

SCHEME = "s3://"
PART = 16 * 2**20  # bytes; S3 takes 10,000 parts of at least 5 MB
STALE = timedelta(days=7)
"""How long an upload that was cut off may wait for the rest of it."""


class Bucket:
    """The objects below `s3://bucket/prefix`; credentials and region come from the machine."""

    def __init__(self, address: str) -> None:
        self._bucket, _, prefix = address.removeprefix(SCHEME).partition("/")
        self._prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""
        if not self._bucket:
            raise Invalid([f"{address} names no bucket: s3://bucket/prefix"])
        self._made: Any = None

    def __str__(self) -> str:
        """Return the address without a slash at its end."""
        return f"{SCHEME}{self._bucket}/{self._prefix}".rstrip("/")

    def names(self) -> list[str]:
        """Return the names of the backups, sorted."""
        return sorted(self._sizes())

    def size(self, name: str) -> int:
        return self._sizes()[name]

    def put(self, path: Path) -> None:
        """Send the file under its own name; of an upload that was cut off, only what is missing."""
        key, size = self._prefix + path.name, path.stat().st_size
        with self._told():
            upload = self._unfinished().get(key) or self._client.create_multipart_upload(
                Bucket=self._bucket, Key=key
            )
            which = {"Bucket": self._bucket, "Key": key, "UploadId": upload["UploadId"]}
            parts = list(self._send_parts(path, which))
            self._client.complete_multipart_upload(**which, MultipartUpload={"Parts": parts})
            stored = self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]
        if stored != size:
            raise Invalid([f"{self}/{path.name}: {stored} bytes arrived, not {size}"])

    def fetch(self, name: str, into: Path) -> Path:
        """Bring the backup into a folder and return its path there."""
        with self._told():
            self._client.download_file(self._bucket, self._prefix + name, str(into / name))
        return into / name

    def remove(self, name: str) -> None:
        with self._told():
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + name)

    def abort_stale(self, now: datetime | None = None) -> int:
        """End the uploads that nobody went on with; S3 charges for their parts. Return how many."""
        before = (now or datetime.now(timezone.utc)) - STALE
        with self._told():
            stale = [each for each in self._unfinished().values() if each["Initiated"] < before]
            for each in stale:
                self._client.abort_multipart_upload(
                    Bucket=self._bucket, Key=each["Key"], UploadId=each["UploadId"]
                )
        return len(stale)

    @property
    def _client(self) -> Any:
        if self._made is None:
            import boto3  # noqa: PLC0415  0.3 s and 30 MB that no other command needs
            from botocore.config import Config  # noqa: PLC0415

            patience = Config(connect_timeout=10, read_timeout=60, retries={"mode": "standard"})
            self._made = boto3.client("s3", config=patience)
        return self._made

    def _sizes(self) -> dict[str, int]:
        with self._told():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix, Delimiter="/"
            )
            found = {
                each["Key"].removeprefix(self._prefix): int(each["Size"])
                for page in pages
                for each in page.get("Contents", ())
            }
        return {name: size for name, size in found.items() if name.endswith(ENDING)}

    def _unfinished(self) -> dict[str, Any]:
        """Return the uploads of backups that were begun and not ended, by key, the last of each."""
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._bucket, Prefix=self._prefix
        )
        found = (each for page in pages for each in page.get("Uploads", ()))
        return {each["Key"]: each for each in found if each["Key"].endswith(ENDING)}

    def _send_parts(self, path: Path, which: dict[str, str]) -> Iterator[dict[str, Any]]:
        """Send each part that is not there as it is here; yield number and tag of all."""
        pages = self._client.get_paginator("list_parts").paginate(**which)
        there = {each["PartNumber"]: each for page in pages for each in page.get("Parts", ())}
        with path.open("rb") as file:
            for number, data in enumerate(iter(lambda: file.read(PART), b""), start=1):
                tag = there.get(number, {}).get("ETag")
                if (
                    tag is None
                    or tag.strip('"') != hashlib.md5(data, usedforsecurity=False).hexdigest()
                ):
                    sent = self._client.upload_part(**which, PartNumber=number, Body=data)
                    tag = sent["ETag"]
                yield {"PartNumber": number, "ETag": tag}

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what S3 or the way to it refuses into one line; it names no key."""
        from boto3.exceptions import Boto3Error  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            yield
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise Invalid([f"{self}: {error}".replace("\n", " ")]) from error
