"""The contract of a source. One collector is one file in this folder; `discover` finds it and nothing else is edited.

A collector yields batches and knows no store and no model. `collect` fetches, `to_post` reads what was fetched: pure, so that a
saved payload gives the same post for ever. Client libraries are imported inside `collect`, so that listing sources is free.
"""

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import NotConfigured
from core.types import Batch, Json, Post, Query, Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a platform's terms ask of us, read by the schedule, the retention job and the pages.

    `cost` is a sentence for people; None where the source is free. `every_minutes` is how often a polite client asks.
    """

    needs_approval: bool = False
    government_use_blocked: bool = False
    retention_days: int | None = None
    recheck_days: int | None = None
    delete_when_deleted: bool = True
    may_aggregate: bool = True
    cost: str | None = None
    every_minutes: int = 30


class SourceSettings(BaseModel):
    """The settings a source understands, from `[sources.<name>]` in crestwatch.toml, the environment or the secrets file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    on: bool = True


class Collector(ABC):
    """A way to fetch public posts. Subclasses state `name`, `label`, `policy`, `whole` and their own settings model.

    `whole`: the source is read as it stands (a list of feeds) once for all schools, rather than searched once per school.
    `asks_others`: it asks another company or person; none does before the school has signed why it looks.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    policy: ClassVar[Policy]
    whole: ClassVar[bool] = False
    scheduled: ClassVar[bool] = True
    asks_others: ClassVar[bool] = True
    Settings: ClassVar[type[SourceSettings]] = SourceSettings

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        """Check the settings. Raises NotConfigured when they hold something this source does not understand."""
        try:
            self.settings = self.Settings.model_validate(dict(settings or {}))
        except ValidationError as problem:
            places = ", ".join(".".join(str(part) for part in error["loc"]) for error in problem.errors())
            raise NotConfigured(
                f"The settings for {self.label} cannot be read ({places}). Mend [sources.{self.name}]."
            ) from None

    @abstractmethod
    def ready(self) -> None:
        """Return when this source can be used; raise NotConfigured with a kind sentence saying what it needs. Opens nothing."""

    @abstractmethod
    def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
        """Yield batches from where `cursor` stands. Each batch's cursor is right once that batch is stored.

        A batch may overlap what was fetched before: the store knows what it has. Raises SourceStopped when it cannot go on.
        """

    def recheck(self, native_ids: Sequence[str]) -> list[str]:
        """Those of these posts that the platform says are gone. Raises SourceStopped. Of one that does not say: none."""
        return []

    def taken_in(self) -> None:
        """Called once everything that `collect` brought is stored: a source that reads a spool empties it."""
        return  # most read no spool

    @staticmethod
    @abstractmethod
    def to_post(raw: Raw) -> Post:
        """Read a payload. Pure. Raises ItemSkipped, with the reason, for what is no post (deleted, empty, no id)."""


def discover() -> dict[str, type[Collector]]:
    """Every collector in this folder by name, sorted. Two with one name is a mistake in the code and raises ValueError."""
    found: dict[str, type[Collector]] = {}
    package = importlib.import_module("collectors")
    for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        module = importlib.import_module(f"collectors.{module_info.name}")
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, Collector)
                and value.__module__ == module.__name__
                and value is not Collector
            ):
                if value.name in found:
                    raise ValueError(f"two collectors are called {value.name}")
                found[value.name] = value
    return found


def set_up(sources: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[Collector | None, str | None]]:
    """Every source by name, made with its settings; where it is not ready, None and the kind sentence why."""
    found: dict[str, tuple[Collector | None, str | None]] = {}
    for name, kind in discover().items():
        try:
            source = kind(sources.get(name))
            source.ready()
            found[name] = (source, None)
        except NotConfigured as reason:
            found[name] = (None, str(reason))
    return found
