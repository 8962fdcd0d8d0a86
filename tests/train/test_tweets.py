"""TweetEval's files, read from a folder of one's own."""

from pathlib import Path

import pytest

from train.tweets import read


def _write(folder: Path, texts: str, labels: str) -> None:
    (folder / "irony").mkdir()
    (folder / "irony" / "val_text.txt").write_text(texts, encoding="utf-8")
    (folder / "irony" / "val_labels.txt").write_text(labels, encoding="utf-8")


def test_a_line_ends_at_a_newline_and_at_nothing_else(tmp_path: Path) -> None:
    _write(tmp_path, "one\u2028and a half\ntwo\x85too\n", "0\n1\n")

    found = read(tmp_path, "irony", "val")

    assert found.texts == ["one\u2028and a half", "two\x85too"]
    assert found.labels == [0, 1]


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    _write(tmp_path, "one\ntwo\n", "0\n")

    with pytest.raises(ValueError, match="2 texts and 1 labels"):
        read(tmp_path, "irony", "val")
