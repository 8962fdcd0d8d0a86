"""A store that watches two schools, made once and copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Settings
from store.store import Store, open_store
from tests.casework.reporting import opened


@pytest.fixture(scope="session")
def watching_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a store that watches two schools."""
    folder = tmp_path_factory.mktemp("watching") / "data"
    opened(folder).engine.dispose()
    return folder


@pytest.fixture
def watching(watching_folder: Path, tmp_path: Path) -> Iterator[Store]:
    """A store that watches two schools."""
    shutil.copytree(watching_folder, tmp_path / "data")
    store = open_store(Settings(data_dir=tmp_path / "data"))
    yield store
    store.engine.dispose()
