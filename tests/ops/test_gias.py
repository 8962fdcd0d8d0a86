"""The register of schools by download and by file: a real download from a loopback server, and what is kept when it fails."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import BadInput, CrestwatchError
from core.fetch import FetchFailed, FetchRefused
from core.settings import Settings
from ops.gias import PLACE, Update, update_register
from store import register
from store.engine import reading
from store.store import Store, open_store
from tests.ops.conftest import Command
from tests.register_files import HEAD, extract, links_file, row, whole_file
from tests.replay import Answer, Replay

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
TODAY, YESTERDAY = "edubasealldata20261120.csv", "edubasealldata20261119.csv"
SCHOOLS = [row(900000 + number, f"Quillon {number} Primary School") for number in range(40)]
LINKS = [[900001, 900999, "Tup Lane School", "Predecessor", "01-09-2011"]]


@pytest.fixture
def desk() -> Iterator[Replay]:
    """The government's server, without a file of any day."""
    with Replay() as server:
        yield server


def offer(desk: Replay, name: str, content: bytes, **headers: str) -> None:
    desk.routes[f"/public/{name}"] = lambda _query, _headers: Answer(
        body=content, headers={"content-type": "text/csv", **headers}
    )


def download(store: Store, desk: Replay) -> Update:
    return update_register(store, now=NOW, place=f"{desk.url}/public", allow=[f"127.0.0.1:{desk.server_port}"])


def names(store: Store) -> list[str]:
    with reading(store.engine) as connection:
        return [each.name for each in register.search(connection, "quillon", limit=100)]


def test_todays_file_is_downloaded_with_its_links(tmp_store: Store, desk: Replay) -> None:
    offer(desk, TODAY, whole_file([*SCHOOLS, row("none", "Quillon Without A Number")]))
    offer(desk, f"links_{TODAY}", links_file(LINKS))
    done = download(tmp_store, desk)
    assert done.counts == {"read": 41, "stored": 40, "skipped": 1}
    assert [each.where for each in done.skipped] == ["line 42"]
    with reading(tmp_store.engine) as connection:
        found = register.school(connection, 900007)
        assert found is not None
        assert (found.name, found.council, found.low_age) == ("Quillon 7 Primary School", "Ferndipshire", 4)
        assert [each.other_name for each in register.links_of(connection, 900001)] == ["Tup Lane School"]
    assert [each.path for each in desk.log] == [f"/public/{TODAY}", f"/public/links_{TODAY}"]


def test_where_todays_is_not_there_yet_yesterdays_is_used(tmp_store: Store, desk: Replay) -> None:
    offer(desk, YESTERDAY, whole_file(SCHOOLS))
    assert download(tmp_store, desk).counts == {"read": 40, "stored": 40, "skipped": 0}


def test_it_looks_back_a_week_and_then_says_what_to_do(tmp_store: Store, desk: Replay) -> None:
    with pytest.raises(BadInput, match=r"gias update --file FILE"):
        download(tmp_store, desk)
    assert len(desk.log) == 8


def test_no_head_is_in_any_file_of_the_store(tmp_store: Store, desk: Replay) -> None:
    offer(desk, TODAY, whole_file(SCHOOLS))
    download(tmp_store, desk)
    kept = b"".join(file.read_bytes() for file in tmp_store.folder.glob("crestwatch.sqlite*"))
    assert b"Quillon 7" in kept
    assert not any(name.encode() in kept for name in HEAD.split())


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("truncate", "breaks off"),
        ("cut", "broke off"),
        ("disconnect", "broke off"),
        ("html", "is a web page"),
        ("500", "answers 500"),
        ("403", "answers 403"),
    ],
)
def test_a_download_that_fails_changes_nothing(tmp_store: Store, desk: Replay, fault: str, says: str) -> None:
    offer(desk, TODAY, whole_file(SCHOOLS))
    download(tmp_store, desk)
    before = names(tmp_store)
    offer(desk, TODAY, whole_file([row(900000 + number, f"Quillon New {number} School") for number in range(40)]))
    desk.fault("/public", fault)  # type: ignore[arg-type]
    with pytest.raises(CrestwatchError, match=says):
        download(tmp_store, desk)
    assert names(tmp_store) == before
    assert len(before) == 40


def test_a_file_that_is_much_too_large_is_not_read(tmp_store: Store, desk: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.fetch import Limits

    monkeypatch.setattr("ops.gias.LIMITS", Limits(body_bytes=5_000))
    offer(desk, TODAY, whole_file(SCHOOLS))
    with pytest.raises(FetchFailed, match="larger than"):
        download(tmp_store, desk)


def test_only_the_real_server_is_asked_without_leave(tmp_store: Store, desk: Replay) -> None:
    assert PLACE.startswith("https://")
    with pytest.raises(FetchRefused):
        update_register(tmp_store, now=NOW, place=f"{desk.url}/public")


def test_files_by_hand_fill_it_without_a_network(command: Command, data_dir: Path, tmp_path: Path) -> None:
    schools, links = tmp_path / "schools.csv", tmp_path / "links.csv"
    schools.write_bytes(
        extract(
            [
                [900001, "Quillon School", "", "Ferndip", "FD1 2AB"],
                [900001, "Quillon Academy", "", "", ""],
                ["", "", "", "", ""],
            ]
        )
    )
    links.write_bytes(links_file(LINKS))
    said = command("gias", "update", "--file", schools, "--links", links, "--json")
    assert (said.status, json.loads(said.out)) == (0, {"read": 3, "stored": 1, "skipped": 1})
    assert said.err.startswith("line 4: ")
    store = open_store(Settings(data_dir=data_dir))
    assert names(store) == ["Quillon Academy"]
    store.engine.dispose()
    said = command("gias", "update", "--file", schools)
    assert "3 read: 1 schools stored, 1 left out." in said.out
    assert "Open Government Licence v3.0" in said.out


def test_what_cannot_be_used_is_said_in_one_line(command: Command, tmp_path: Path) -> None:
    page = tmp_path / "page.csv"
    page.write_text("<html>", encoding="utf-8")
    for file, says in ((tmp_path / "absent.csv", "cannot be read"), (page, "is a web page"), (tmp_path, "cannot be read")):
        said = command("gias", "update", "--file", file)
        assert (said.status, said.out) == (1, "")
        assert says in said.err
        assert said.err.strip().count("\n") <= 1


def test_of_many_bad_rows_the_first_are_shown(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "schools.csv"
    file.write_bytes(extract([[900001, "Quillon School", "", "", ""], *[["x", "No Number", "", "", ""]] * 80]))
    said = command("gias", "update", "--file", file, "--json")
    assert len(said.err.splitlines()) == 51
    assert said.err.endswith("and 30 more\n")
