"""The command line: what it answers, with which status; that it keeps secrets and never shows a traceback."""

import json
import re
import signal
import subprocess
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from casework.purpose import NOT_SIGNED
from core.settings import Settings
from core.types import School
from ops import cli
from store.engine import reading
from store.store import open_store
from store.tables import exports, posts
from tests.ops.conftest import Command, Said
from tests.ops.fictional import ABOUT_US, COMMAND, SIGN, crestwatch, posts_file, row, schools_file
from tests.replay import Answer, Replay
from tests.server import environment, until

COUNTS = ["read", "stored", "unchanged", "skipped"]


def one_line(said: Said) -> str:
    """The one line on standard error of a command that failed."""
    assert said.status == 1
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    return said.err.strip()


def test_every_command_works_as_it_is_installed(tmp_path: Path) -> None:
    data, inbox = tmp_path / "data", tmp_path / "inbox"
    inbox.mkdir()
    schools = schools_file(tmp_path)
    file = posts_file(tmp_path / "posts.jsonl", [row(1), row(2)])
    posts_file(inbox / "more.jsonl", [row(3)])

    def answer(*arguments: str | Path, **env: str) -> Any:
        done = crestwatch(data, *arguments, **env)
        assert (done.returncode, done.stderr) == (0, ""), done
        return json.loads(done.stdout)

    assert list(answer("demo", "--json")) == COUNTS
    assert answer("schools", "import", schools, "--json") == {"schools": 1}
    listed = answer("schools", "--json")
    assert {each["id"] for each in listed} > {"demo", "sva"}
    assert set(listed[0]) == {field.name for field in fields(School)}
    assert answer("import", file, "--json") == {"read": 2, "stored": 2, "unchanged": 0, "skipped": 0}
    collected = answer("collect", "--source", "files", "--json", CRESTWATCH_SOURCES__FILES__INBOX=str(inbox))
    assert collected == {"files": {"read": 1, "stored": 1, "unchanged": 0, "skipped": 0, "cost": None, "stopped": None}}
    found = answer("sources", "--json", CRESTWATCH_SOURCES__FILES__INBOX=str(inbox))
    assert all(list(each) == ["name", "label", "state", "reason", "last_success", "cost"] for each in found)
    states = {each["name"]: each for each in found}
    assert (states["files"]["state"], states["files"]["reason"]) == ("ready", None)
    assert states["files"]["last_success"].endswith("+00:00")
    assert (states["x"]["state"], states["x"]["last_success"]) == ("not_configured", None)
    checks = answer("doctor", "--json")
    assert all(list(each) == ["name", "ok", "says"] and each["ok"] for each in checks)
    assert {"Data folder", "Database", "Search index", "Keys", "Clock", "Worker"} <= {each["name"] for each in checks}


def test_nobody_is_asked_before_the_purpose_is_signed(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Replay({"/": lambda *_: Answer(body=b"<rss version='2.0'><channel><title>News</title></channel></rss>")}) as news:
        table = {"urls": [f"{news.url}/rss"], "allow": [f"127.0.0.1:{news.server_port}"]}
        monkeypatch.setenv("CRESTWATCH_SOURCES", json.dumps({"feeds": table}))
        command("schools", "import", schools_file(tmp_path))

        def feeds() -> tuple[str, str | None]:
            found = {each["name"]: each for each in json.loads(command("sources", "--json").out)}
            return found["feeds"]["state"], found["feeds"]["reason"]

        assert feeds() == ("not_configured", NOT_SIGNED)
        assert one_line(command("collect")) == NOT_SIGNED
        assert one_line(command("collect", "--source", "feeds")) == NOT_SIGNED
        (tmp_path / "waiting").mkdir()
        posts_file(tmp_path / "waiting" / "posts.jsonl", [row(1)])
        both = {"feeds": table, "files": {"inbox": str(tmp_path / "waiting")}}
        monkeypatch.setenv("CRESTWATCH_SOURCES", json.dumps(both))
        said = command("collect", "--json")
        assert (said.status, said.err.strip()) == (0, NOT_SIGNED), "what asks nobody goes on"
        assert set(json.loads(said.out)) == {"files"}
        assert news.log == []
        assert command(*SIGN).status == 0
        assert feeds() == ("ready", None)
        command("collect")
        assert news.log != []


def test_what_is_brought_by_hand_needs_no_signature(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inbox").mkdir()
    posts_file(tmp_path / "inbox" / "posts.jsonl", [row(1)])
    monkeypatch.setenv("CRESTWATCH_SOURCES__FILES__INBOX", str(tmp_path / "inbox"))
    command("schools", "import", schools_file(tmp_path))
    found = {each["name"]: each["state"] for each in json.loads(command("sources", "--json").out)}
    assert (found["files"], found["sightings"]) == ("ready", "ready")
    assert json.loads(command("collect", "--json").out)["files"]["stored"] == 1
    assert command("collect", "--source", "sightings").status == 0
    assert imports(command, posts_file(tmp_path / "more.jsonl", [row(2)]))[0]["stored"] == 1


def test_the_worker_ends_when_asked(tmp_path: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        data = tmp_path / str(number)
        process = subprocess.Popen([COMMAND, "worker"], env=environment(data), stderr=subprocess.PIPE, text=True)
        until((data / "keys" / "seal.key").exists, "the worker has opened its store")
        until(partial(_has_beaten, data), "the worker gives a sign of life")
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
        assert (process.returncode, said) == (0, "")


def _has_beaten(data: Path) -> bool:
    from ops.worker import alive

    store = open_store(Settings(data_dir=data))
    try:
        return alive(store)
    finally:
        store.engine.dispose()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["schools", "import", "absent.json"], r"absent\.json cannot be read \(No such file or directory\)\. Check the name\."),
        (["import", "absent.csv"], r"absent\.csv cannot be read"),
        (["import", "absent.csv", "--school", "nobody"], r"There is no school “nobody”"),
        (["import", "absent.csv", "--column", "Message"], r"“Message” does not say what a column holds"),
        (["import", __file__, "--zone", "Europe/Ludnon"], r"There is no such time zone"),
        (["collect"], r"No source is switched on yet"),
        (["collect", "--source", "myspace"], r"There is no source called “myspace”"),
        (["collect", "--source", "x"], r"X is not switched on yet"),
        (["export", "CW-2026-000001", "--out", "out", "--why", "asked"], r"There is no case CW-2026-000001"),
        (["export", "CW-2026-000001", "--out", "out", "--for", "press"], r"“press” is not a reader"),
        (["judge", "posts", "absent.jsonl", "--schools", "absent.json", "--out", "o.jsonl"], r"absent\.json cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert re.search(says, one_line(command(*arguments)))


@pytest.mark.parametrize(
    "arguments",
    [["frobnicate"], ["import"], ["import", "a", "--colour", "red"], ["export", "CW-2026-000001"], ["demo", "--now", "soon"]],
)
def test_wrong_use_is_status_2(command: Command, arguments: list[str]) -> None:
    said = command(*arguments)
    assert said.status == 2
    assert "Error: " in said.err
    assert "Traceback" not in said.err


def test_a_mistake_of_ours_is_one_sentence_and_its_kind_in_the_log(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("the text of a post")

    monkeypatch.setattr(cli, "states", fails)
    said = command("sources")
    logged, sentence = said.err.splitlines()
    assert said.status == 1
    assert sentence.startswith("Something unexpected went wrong.")
    assert json.loads(logged)["kind"] == "ZeroDivisionError"
    assert "the text of a post" not in said.err + said.out


def test_a_damaged_database_is_said_in_one_line(command: Command, data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "crestwatch.sqlite").write_bytes(b"not a database at all, not at all" * 100)
    assert "Restore the newest backup" in one_line(command("sources"))
    assert command("doctor").status == 1


@pytest.mark.parametrize("arguments", [["sources"], ["doctor"], ["sources", "--json"], ["collect"], ["schools"], ["demo"]])
def test_secrets_are_never_shown(command: Command, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    secrets = ("tok-8841-very-secret", "sec-9913-very-secret")
    monkeypatch.setenv("CRESTWATCH_SOURCES__X__BEARER_TOKEN", secrets[0])
    monkeypatch.setenv("CRESTWATCH_SOURCES__X__ATTESTATION", "of a kind nobody knows")
    monkeypatch.setenv("CRESTWATCH_SOURCES__REDDIT__CLIENT_SECRET", secrets[1])
    said = command(*arguments)
    assert not any(secret in said.out + said.err for secret in secrets)


def test_settings_that_cannot_be_read_are_named_without_their_value(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRESTWATCH_LOCAL_ROLES", '["emperor-of-secrets"]')
    said = one_line(command("schools"))
    assert "local_roles" in said
    assert "emperor" not in said


HEADER = "id,platform,text,created_at,author"
GOOD = [f'1,x,"Café: {ABOUT_US}",2026-11-10T09:00:00Z,rowan', f'3,x,"{ABOUT_US} again",2026-11-10T09:00:00+05:30,rowan']
CSV_LINES = [
    HEADER,
    *GOOD,
    f'2,x,"{ABOUT_US} at nine",2026-11-10 09:00,rowan',
    GOOD[0],
    "4,x,😀😀,2026-11-10T10:00:00Z,rowan",
    f'5,x,"NUL \x00 {ABOUT_US}",2026-11-10T11:00:00Z,rowan',
    "6,x,too,many,cells,in,this,row",
    "7,x",
    "8,x,,2026-11-10T11:00:00Z,rowan",
    f'9,x,"{ABOUT_US} long ago",sometime last week,rowan',
]


def imports(command: Command, file: Path, *more: str) -> tuple[dict[str, int], set[int]]:
    """The counts of an import and the lines it says it left out."""
    said = command("import", file, "--json", *more)
    assert said.status == 0, said
    return json.loads(said.out), {int(number) for number in re.findall(r"^line (\d+): \S", said.err, re.MULTILINE)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_with_bad_rows_is_read_to_its_end(command: Command, tmp_path: Path, encoding: str) -> None:
    command("schools", "import", schools_file(tmp_path))
    file = tmp_path / "posts.csv"
    file.write_bytes("\n".join(CSV_LINES).encode(encoding))
    assert imports(command, file) == ({"read": 10, "stored": 4, "unchanged": 1, "skipped": 5}, {4, 8, 9, 10, 11})
    again = ({"read": 10, "stored": 1, "unchanged": 5, "skipped": 4}, {8, 9, 10, 11})
    assert imports(command, file, "--zone", "Europe/London") == again
    assert imports(command, file, "--zone", "Europe/London")[0] == {"read": 10, "stored": 0, "unchanged": 6, "skipped": 4}


def test_what_excel_writes_in_windows_1252_is_the_same_posts(command: Command, tmp_path: Path, data_dir: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_bytes("\r\n".join([HEADER, *GOOD]).encode("cp1252"))
    assert imports(command, file)[0] == {"read": 2, "stored": 2, "unchanged": 0, "skipped": 0}
    file.write_bytes("\n".join([HEADER, *GOOD]).encode("utf-8"))
    assert imports(command, file)[0] == {"read": 2, "stored": 0, "unchanged": 2, "skipped": 0}
    store = open_store(Settings(data_dir=data_dir))
    with reading(store.engine) as connection:
        assert any(text.startswith("Café: ") for text in connection.scalars(select(posts.c.text)))
    store.engine.dispose()


def test_bad_lines_of_json_are_left_out_by_number(command: Command, tmp_path: Path) -> None:
    file = posts_file(tmp_path / "posts.jsonl", [row(1), row(2, f"half \ud800 NUL \x00 {ABOUT_US}"), row(3, "😀")])
    file.write_text(file.read_text() + '{"id": broken\n[1, 2]\n' + json.dumps(row(1)) + "\n")
    assert imports(command, file) == ({"read": 6, "stored": 3, "unchanged": 1, "skipped": 2}, {4, 5})
    assert imports(command, file)[0]["stored"] == 0


def test_a_table_without_a_text_says_which_columns_it_has(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text("id,Was gesagt wurde,created_at,platform\n1,Lovely,2026-11-10T09:00:00Z,x\n")
    assert "Its columns are: id, Was gesagt wurde" in one_line(command("import", file))
    assert imports(command, file, "--column", "text=Was gesagt wurde")[0]["stored"] == 1


@pytest.fixture
def case(command: Command, data_dir: Path, tmp_path: Path) -> str:
    """A case with two posts in it."""
    from casework import cases
    from core.taxonomy import Role
    from core.weeks import utc_now

    command("import", posts_file(tmp_path / "posts.jsonl", [row(1), row(2)]), "--schools", schools_file(tmp_path))
    store = open_store(Settings(data_dir=data_dir))
    who: dict[str, Any] = {"by": "Test", "role": Role.HEAD, "now": utc_now()}
    ref = cases.open_case(store, title="Made up", school_id="sva", why="a test", **who)
    with reading(store.engine) as connection:
        ids = list(connection.scalars(select(posts.c.id)))
    cases.add_posts(store, ref, [(each, "sva") for each in ids], why="a test", **who)
    store.engine.dispose()
    return ref


def test_an_evidence_file_checks_out_and_is_logged(command: Command, case: str, data_dir: Path, tmp_path: Path) -> None:
    said = command("export", case, "--out", tmp_path / "out", "--for", "police", "--why", "The officer asked", "--json")
    assert said.status == 0, said
    answer = json.loads(said.out)
    assert list(answer) == ["path", "items", "manifest_sha256"]
    checked = subprocess.run(
        ["sha256sum", "-c", "manifest-sha256.txt"], cwd=answer["path"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked
    store = open_store(Settings(data_dir=data_dir))
    with reading(store.engine) as connection:
        logged = connection.execute(select(exports)).one()
    store.engine.dispose()
    assert (logged.case_ref, logged.preset, logged.why, logged.items) == (case, "police", "The officer asked", 2)
    assert logged.sha256 == answer["manifest_sha256"]


def test_no_reason_no_evidence_file(command: Command, case: str, tmp_path: Path) -> None:
    assert "needs a reason" in one_line(command("export", case, "--out", tmp_path / "out", "--for", "police"))
    assert not (tmp_path / "out").exists()
