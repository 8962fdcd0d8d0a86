"""The store of this installation: database and keys, opened once a process."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from core.settings import Settings
from store.engine import open_engine
from store.keys import Keys
from store.migrate import migrate


@dataclass(frozen=True, slots=True)
class Store:
    """Where everything is kept: the database, the keys to names, and the folder of both."""

    engine: Engine
    keys: Keys
    folder: Path


def open_store(settings: Settings) -> Store:
    """Open the database, bring it to the newest form, read the keys. Raises StoreUnavailable in a sentence."""
    engine = open_engine(settings.store_url)
    migrate(engine)
    return Store(engine, Keys.at(settings.data_dir / "keys"), settings.data_dir)
