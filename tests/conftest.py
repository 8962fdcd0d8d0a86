"""What all tests share: settings of nobody, and a real store in a temporary folder."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

import core.settings
from core.settings import Settings
from store.engine import open_engine
from store.store import Store, open_store


@pytest.fixture(autouse=True)
def settings_of_nobody(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """No `crestwatch.toml`, no secrets file, no `CRESTWATCH_…` variable of whoever runs the tests. Gives the empty folder."""
    root = tmp_path_factory.mktemp("root")
    monkeypatch.setattr(core.settings, "ROOT", root)
    for name in list(os.environ):
        if name.startswith("CRESTWATCH_"):
            monkeypatch.delenv(name)
    core.settings.settings.cache_clear()
    yield root
    core.settings.settings.cache_clear()


@pytest.fixture
def engines() -> Iterator[Callable[[str], Engine]]:
    """Opens engines that are disposed of at the end."""
    opened: list[Engine] = []

    def engine(url: str) -> Engine:
        opened.append(open_engine(url))
        return opened[-1]

    yield engine
    for each in opened:
        each.dispose()


@pytest.fixture
def tmp_store(tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite."""
    store = open_store(Settings(data_dir=tmp_path / "data"))
    yield store
    store.engine.dispose()
