"""The command line in this process, for tests that need no process of its own."""

import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from core.settings import settings
from ops import cli
from tests.ops.fictional import schools_file
from tests.ops.limited import Limited
from tests.ops.numbered import posts, texts, whole


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture(autouse=True)
def log_of_nobody() -> Iterator[None]:
    """A command sends the log to standard error as it was then; the next test has another."""
    yield
    structlog.reset_defaults()
    logging.basicConfig(force=True, handlers=[logging.NullHandler()])


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that is not there yet."""
    folder = tmp_path / "data"
    monkeypatch.setenv("CRESTWATCH_DATA_DIR", str(folder))
    settings.cache_clear()
    return folder


@pytest.fixture
def command(data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `crestwatch …` as its entry point does."""

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["crestwatch", *map(str, arguments)])
        settings.cache_clear()
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return Said(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where commands in processes of their own keep their data."""
    return tmp_path / "data"


@pytest.fixture
def start(tmp_path: Path, data: Path) -> Callable[..., Limited]:
    """Starts `crestwatch …` on the data folder."""
    return lambda *arguments, **more: Limited(tmp_path, data, *arguments, **more)


@pytest.fixture
def twenty(start: Callable[..., Limited], tmp_path: Path, data: Path) -> dict[str, str]:
    """A store with twenty posts."""
    ended = start("import", posts(tmp_path, range(20)), "--schools", schools_file(tmp_path)).ended()
    assert (ended.status, texts(data)) == (0, whole(range(20))), ended
    return whole(range(20))
