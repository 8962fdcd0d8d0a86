"""Files people import, whatever they hand in, and the inbox."""

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.files import Files
from core.errors import BadInput, NotConfigured
from core.types import Batch, Query, Raw
from tests.collectors.handed_in import found, outcome, post_line, posts, put

ALL = Query(key="all")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04" + bytes(40), "CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "CSV UTF-8"),
        (b"\x1f\x8b\x08\x00", "Unpack it"),
        (b"SQLite format 3\x00", "database"),
        (b"{\\rtf1 hello}", "document"),
        (bytes(range(256)) * 4, "CSV UTF-8"),
        ("text\nHello\n".encode("utf-16-le"), "CSV UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_kindly(content: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=f"holds no text.*{said}"):
        found(put(tmp_path, content))


def test_a_workbook_is_refused_kindly(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "posts.csv", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(BadInput, match="workbook"):
        found(tmp_path / "posts.csv")


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.csv"):
        with pytest.raises(BadInput, match=f"{path.name} cannot be read"):
            found(path)


def test_without_an_id_the_same_post_has_the_same_id(tmp_path: Path) -> None:
    content = (
        "text,author,date\nHello,rosa,2026-11-17T18:04:09Z\nHello,rosa,2026-11-18T18:04:09Z\nHello,rosa,2026-11-17T18:04:09Z\n"
    )
    ids = [post.native_id for post in posts(put(tmp_path, content))]
    assert ids[0] == ids[2] != ids[1]
    assert ids == [post.native_id for post in posts(put(tmp_path, content), now=datetime(2026, 12, 1, tzinfo=UTC))]


def test_a_long_id_is_made_short(tmp_path: Path) -> None:
    assert len(posts(put(tmp_path, post_line(1, id="x" * 5_000)))[0].native_id) < 100


def test_what_no_database_holds_is_kept_in_the_payload_only(tmp_path: Path) -> None:
    (raw,) = (
        each
        for each in found(put(tmp_path, r'{"id": "1", "platform": "x", "text": "a\u0000b\ud800c"}'))
        if isinstance(each, Raw)
    )
    assert raw.payload["row"]["text"] == "a\x00b\ud800c"
    assert Files.to_post(raw).text == "a\ufffdb\ufffdc"
    assert json.loads(json.dumps(raw.payload)) == raw.payload


TABLE_SIGNS = [b"text", b",", b";", b"\t", b'"', b"\n", b"\r", b"\x00", b"\xe9", b"1", b"\xff\xfe"]
JSON_SIGNS = [bytes([sign]) for sign in b'[]{},:"\n\\u0d8 1e-text']
BEGINNINGS = [b"", b"text\n", b"id,text\n", b"[", b"{", b"\xff\xfe", b'{"data": [', b"\xef\xbb\xbf"]


@settings(max_examples=400)
@given(
    start=st.sampled_from(BEGINNINGS),
    content=st.binary(max_size=400)
    | st.lists(st.sampled_from(TABLE_SIGNS), max_size=60).map(b"".join)
    | st.lists(st.sampled_from(JSON_SIGNS), max_size=80).map(b"".join),
)
def test_any_bytes_are_rows_or_refused(start: bytes, content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.dat"
    path.write_bytes(start + content)
    try:
        outcome(path)
    except BadInput as problem:
        assert str(problem).endswith(".")


def once(source: Files, cursor: Mapping[str, Any] | None = None) -> list[Batch]:
    return list(source.collect(ALL, cursor))


def batch_texts(batches: Sequence[Batch]) -> list[str]:
    return [Files.to_post(raw).text for batch in batches for raw in batch.items]


def test_without_an_inbox_it_says_what_it_needs(tmp_path: Path) -> None:
    for inbox in (None, tmp_path / "nowhere"):
        with pytest.raises(NotConfigured, match="crestwatch import"):
            Files({"inbox": inbox}).ready()


def test_the_inbox_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\nHello\n")
    (tmp_path / "a.csv.options.json").write_text('{"platform": "Facebook"}')
    (tmp_path / "b.jsonl").write_text(post_line(1) + "\n{broken\n")
    (tmp_path / "c.csv.part").write_text("text\nStill being written\n")
    (tmp_path / ".hidden").write_text("text\nHidden\n")
    source = Files({"inbox": tmp_path})
    source.ready()
    first = once(source)
    assert batch_texts(first) == ["Hello", "Priory Vale 1"]
    assert [skipped.where for batch in first for skipped in batch.skipped] == ["b.jsonl, line 2"]
    assert json.loads(json.dumps(first[-1].cursor)) == first[-1].cursor
    assert once(source, first[-1].cursor) == []


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(post_line(1))
    source = Files({"inbox": tmp_path})
    cursor = once(source)[-1].cursor
    file.write_text(post_line(2))
    os.utime(file, (1, 1))
    assert batch_texts(once(source, cursor)) == ["Priory Vale 2"]


def test_a_file_counts_as_read_with_its_last_batch_only(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n".join(post_line(number) for number in range(1_200)))
    source = Files({"inbox": tmp_path})
    batches = once(source)
    assert [len(batch.items) for batch in batches] == [500, 500, 200, 0]
    for cut in batches[:-1]:
        assert len(batch_texts(once(source, cut.cursor))) == 1_200


def test_a_file_that_cannot_be_read_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Datum\nx\n")
    (tmp_path / "b.csv").write_text("text\nHello\n")
    (tmp_path / "b.csv.options.json").write_text('{"colour": "green"}')
    (tmp_path / "c.jsonl").write_text(post_line(3))
    source = Files({"inbox": tmp_path})
    batches = once(source)
    assert [skipped.where for batch in batches for skipped in batch.skipped] == ["a.csv", "b.csv"]
    assert batch_texts(batches) == ["Priory Vale 3"]
    assert once(source, batches[-1].cursor) == []
