"""Equal errors have one fingerprint, and what differs from learner to learner is not in it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bench.fingerprints import PRECISION, RECALL, SETS, read, score
from tracker.rules.error_lines import READ_MOST
from tracker.rules.error_shapes import shape_of
from tracker.rules.fingerprints import fingerprint_of

LONG = "all that was given has been taken from one table of this house but"


def test_precision_and_recall_keep_their_floors() -> None:
    labelled = [each for name in SETS for each in read(name)]
    assert len(labelled) >= 200
    result = score(labelled)
    assert result.precision >= PRECISION
    assert result.recall >= RECALL


def test_errors_that_no_rule_was_made_for_are_joined_as_precisely() -> None:
    result = score(read("held_out_2"))
    assert result.precision >= PRECISION
    assert result.recall >= RECALL


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        (r"cannot open C:\Users\김민수\내 문서\a.py now", "cannot open … now"),
        ("cannot open /home/ada/내문서/a.py:12", "cannot open …"),
        ("Connection to 10.0.0.7:5432 lost at 2031-03-01 10:00:00", "Connection to … lost at …"),
        ("object 0x7f2a9c at deadbeef01 has 3 parts", "object … at … has … parts"),
        ("mail ada@example.com about 'her file' v1.2.3", "mail … about …"),
        ("error: can't find the user's file", "can't find the user's file"),
        ("No module named 'torch.nn'", "No module named torch"),
        ("'cp949' codec can't decode byte 0xed", "cp949 codec can't decode byte …"),
    ],
)
def test_what_is_ones_own_gives_way(line: str, shape: str) -> None:
    assert shape_of(line) == shape


@pytest.mark.parametrize(
    ("ones", "anothers"),
    [
        ("error: disk is on fire", "\x1b[31merror:\x1b[0m disk is on fire"),
        ("error: disk is on fire", "db-1  | 2031-03-01 10:00:00 [error] disk is on fire"),
        ("error: disk is on fire", "Mar  1 10:00:00 host app[7]: [ERROR] disk is on fire"),
        ("error: ‘a.py’ can’t be read", "error: '/srv/b.py' can't be read"),
        (f"ValueError: {LONG} not all of it", f"ValueError: {LONG} not\nall of it"),
        (
            "OSError: [WinError 126] The specified module could not be found",
            "OSError: [WinError 126] 지정된 모듈을 찾을 수 없습니다",
        ),
        ('Exception in thread "main" java.lang.StackOverflowError', "java.lang.StackOverflowError"),
        ("mkdir: 과제이(가) 이미 있습니다", "mkdir: venv이(가) 이미 있습니다"),
    ],
)
def test_equal_errors_are_one_however_they_were_pasted(ones: str, anothers: str) -> None:
    assert fingerprint_of(ones) == fingerprint_of(anothers)


@pytest.mark.parametrize(
    ("ones", "anothers"),
    [
        ("NameError: name 'np' is not defined", "NameError: name 'pd' is not defined"),
        ("Error: Cannot find module 'express'", "Error: Cannot find module 'dotenv'"),
        (
            "ImportError: cannot import name 'a' from 'b'",
            "ImportError: cannot import name 'a' from 'c'",
        ),
        ("TypeError: app.listen is not a function", "TypeError: posts.map is not a function"),
        (
            "connect to localhost:6379: connection refused",
            "connect to localhost:5432: connection refused",
        ),
        ("OSError: [Errno 24] Too many open files", "OSError: [Errno 12] Cannot allocate memory"),
        ("SECRET_KEY is not set", "MONGODB_URI is not set"),
    ],
)
def test_what_the_error_is_about_keeps_them_apart(ones: str, anothers: str) -> None:
    assert fingerprint_of(ones) != fingerprint_of(anothers)


def test_own_functions_tell_two_key_errors_apart() -> None:
    trace = (
        'Traceback (most recent call last):\n  File "/home/{who}/a.py", line 3, in {function}\n'
        '    x["a"]\n  File "/usr/lib/python3/site-packages/pandas/x.py", line 9, in get\n'
        "KeyError: 'a'"
    )
    ada = fingerprint_of(trace.format(who="ada", function="clean"))
    eve = fingerprint_of(trace.format(who="eve", function="clean"))
    other = fingerprint_of(trace.format(who="eve", function="train"))
    assert ada is not None
    assert ada == eve != other
    assert ada.shape == "KeyError: … in clean"


@pytest.mark.parametrize("nothing", ["", " \n ", "12345", "----", "$ "])
def test_nothing_has_no_fingerprint(nothing: str) -> None:
    assert fingerprint_of(nothing) is None


@given(some.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    found = fingerprint_of(text)
    assert found is None or len(found.shape) <= 300


@pytest.mark.parametrize(
    "part",
    [
        "a",
        "/",
        "a/",
        "C:\\",
        "C:\\a ",
        "'",
        '"',
        "{",
        "1",
        "1.",
        "a.",
        "@a",
        "<a",
        "…",
        " File",
        "\\",
    ],
)
def test_no_text_takes_long(part: str) -> None:
    """A pattern that goes back and forth over a long text would keep a worker busy."""
    for text in (part * READ_MOST, f"error: {part * READ_MOST}", f"\n{part}" * (READ_MOST // 2)):
        started = time.perf_counter()
        fingerprint_of(text)
        assert time.perf_counter() - started < 1.0, part
