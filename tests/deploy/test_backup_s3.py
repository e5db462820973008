"""The restore drill: a backup goes to S3, comes back, and is the same; an upload survives a cut.

S3 is moto's server, a real one over http on this machine.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from flask import Flask
from moto.server import ThreadedMotoServer
from pymongo import MongoClient

from tests.cast import make_cast
from tests.test_backups import a_full_house, raw_of
from tests.test_commands import run
from tracker.backups import bucket
from tracker.backups.bucket import Bucket
from tracker.documents.schema import Db
from tracker.errors import Invalid
from tracker.use_cases.checking import check
from tracker.use_cases.restoring import LEAP

NAME = "didim-backups"
PLACE = f"s3://{NAME}/school"
MEGABYTE = 2**20


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket, and an environment in which it is found."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-test")
    client = boto3.client("s3")
    client.create_bucket(Bucket=NAME)
    yield client
    for upload in client.list_multipart_uploads(Bucket=NAME).get("Uploads", ()):
        client.abort_multipart_upload(Bucket=NAME, Key=upload["Key"], UploadId=upload["UploadId"])
    for each in client.list_objects_v2(Bucket=NAME).get("Contents", ()):
        client.delete_object(Bucket=NAME, Key=each["Key"])
    client.delete_bucket(Bucket=NAME)
    client.close()


@pytest.fixture
def parts_of_5_mb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "PART", 5 * MEGABYTE)


class Cut:
    """An S3 client whose way is cut from its `after`-th part on; it counts the parts."""

    def __init__(self, client: Any, after: int) -> None:
        self._client, self._after, self.sent = client, after, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def upload_part(self, **which: Any) -> Any:
        if self.sent >= self._after:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1/")
        self.sent += 1
        return self._client.upload_part(**which)


def cut_after(parts: int) -> tuple[Bucket, Cut]:
    place = Bucket(PLACE)
    place._made = Cut(place._client, parts)
    return place, place._made


def content(s3: Any, name: str) -> bytes:
    found: bytes = s3.get_object(Bucket=NAME, Key=f"school/{name}")["Body"].read()
    return found


@pytest.fixture
def large(tmp_path: Path) -> Path:
    file = tmp_path / "didim-20310313T030000Z.didim"
    file.write_bytes(os.urandom(12 * MEGABYTE))
    return file


def test_a_backup_comes_back_from_s3_document_for_document(
    app: Flask,
    db: Db,
    s3: Any,
    tmp_path: Path,
    mongo_client: MongoClient[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a_full_house(db)
    (tmp_path / "key").write_bytes(base64.b64encode(os.urandom(32)))
    monkeypatch.setenv("BACKUP_DESTINATION", PLACE)
    monkeypatch.setenv("BACKUP_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path / "instance"))

    made = run(app, "backup", "create")
    assert made.exit_code == 0, made.output
    listed = run(app, "backup", "list").output
    found = re.match(rf"({PLACE}/{db.name}-\d{{8}}T\d{{6}}Z\.didim)  \d+\.\d MB\n$", listed)
    assert found, listed
    address = found[1]
    assert [each.name for each in (tmp_path / "instance" / "backups").glob("*.didim*")] == []
    assert "the file is whole" in run(app, "backup", "verify", address).output

    unsealed = run(app, "backup", "verify", address, "--key-file", "")
    assert "the backup is sealed; name its key" in unsealed.output

    other = mongo_client[f"{db.name}_drill"]
    try:
        restored = run(app, "backup", "restore", address, "--into", other.name)
        assert restored.exit_code == 0, restored.output
        assert "everything agrees with the records" in restored.output
        assert check(other) == []
        other["cohorts"].update_many({}, {"$inc": {"version": -LEAP}})
        assert raw_of(other) == raw_of(db)
        again = run(app, "backup", "restore", address, "--into", other.name)
        assert (again.exit_code, again.output.count("\n")) == (1, 1)
        assert "is not empty; name another with --into" in again.output
    finally:
        mongo_client.drop_database(other.name)


@pytest.mark.usefixtures("parts_of_5_mb")
def test_an_upload_that_was_cut_goes_on_where_it_was(s3: Any, large: Path) -> None:
    place, _ = cut_after(2)
    with pytest.raises(Invalid, match="Could not connect"):
        place.put(large)
    assert place.names() == []

    place, again = cut_after(99)
    place.put(large)
    assert again.sent == 1
    assert content(s3, large.name) == large.read_bytes()
    assert not s3.list_multipart_uploads(Bucket=NAME).get("Uploads")


@pytest.mark.usefixtures("parts_of_5_mb")
def test_a_part_of_something_else_is_sent_again(s3: Any, large: Path) -> None:
    place, _ = cut_after(2)
    with pytest.raises(Invalid):
        place.put(large)
    large.write_bytes(large.read_bytes()[::-1])

    place, again = cut_after(99)
    place.put(large)
    assert again.sent == 3
    assert content(s3, large.name) == large.read_bytes()


def test_what_could_not_be_sent_goes_with_the_next_backup(
    app: Flask, db: Db, s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cast(db)
    waiting = tmp_path / "backups"
    create = ("backup", "create", PLACE, "--work", str(tmp_path))
    with monkeypatch.context() as away:
        away.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        away.setenv("AWS_MAX_ATTEMPTS", "1")
        failed = run(app, *create)
    assert (failed.exit_code, failed.output.count("\n")) == (1, 1)
    assert "Could not connect" in failed.output
    (kept,) = (each.name for each in waiting.glob("*.didim"))
    (waiting / kept).rename(waiting / f"{db.name}-20310101T000000Z.didim")

    assert run(app, *create, "--keep", "all").exit_code == 0
    assert len(Bucket(PLACE).names()) == 2
    assert list(waiting.glob("*.didim")) == []


@pytest.mark.usefixtures("parts_of_5_mb")
def test_stale_uploads_are_ended_and_young_ones_are_not(s3: Any, large: Path) -> None:
    place, _ = cut_after(1)
    with pytest.raises(Invalid):
        place.put(large)
    s3.create_multipart_upload(Bucket=NAME, Key="school/another thing.zip")

    (begun,) = place._unfinished().values()  # moto gives every upload the same old date
    assert place.abort_stale(begun["Initiated"] + timedelta(days=6)) == 0
    assert place.abort_stale(begun["Initiated"] + timedelta(days=8)) == 1
    left = s3.list_multipart_uploads(Bucket=NAME)["Uploads"]
    assert [each["Key"] for each in left] == ["school/another thing.zip"]


def test_old_backups_go_and_other_objects_stay(app: Flask, db: Db, s3: Any, tmp_path: Path) -> None:
    make_cast(db)
    old = f"{db.name}-20200101T000000Z.didim"
    for name in (old, f"{db.name}x-20200101T000000Z.didim", "notes.txt"):
        s3.put_object(Bucket=NAME, Key=f"school/{name}", Body=b"x")

    made = run(app, "backup", "create", PLACE, "--keep", "1,0,0", "--work", str(tmp_path))
    assert made.output.splitlines()[0] == f"removed {old}"
    there = {each["Key"] for each in s3.list_objects_v2(Bucket=NAME)["Contents"]}
    assert {f"school/{db.name}x-20200101T000000Z.didim", "school/notes.txt"} < there
    assert len(there) == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("create", "s3://no-such-bucket/x"), "NoSuchBucket"),
        (("list", "s3://no-such-bucket/x"), "NoSuchBucket"),
        (("verify", f"{PLACE}/none.didim"), "404"),
        (("create", "s3:///x"), "names no bucket"),
    ],
)
def test_what_s3_refuses_is_one_line_without_a_secret(
    app: Flask, db: Db, s3: Any, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    work = () if arguments[0] == "list" else ("--work", str(tmp_path))
    result = run(app, "backup", *arguments, *work)

    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert told in result.output
    assert "secret-of-the-test" not in result.output
