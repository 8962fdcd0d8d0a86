"""One tree of settings: `crestwatch.toml`, then the environment (`CRESTWATCH_…`), and `.streamlit/secrets.toml` for secrets."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from core.errors import BadInput
from core.log import SECRET_NAME
from core.taxonomy import Role

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds `pyproject.toml` and `dashboard.py`."""


class SecretsFile(TomlConfigSettingsSource):
    """The `[crestwatch]` table of Streamlit's secrets file; the rest of that file is Streamlit's own."""

    def __call__(self) -> dict[str, Any]:
        """The table, empty where there is none."""
        table = self.toml_data.get("crestwatch", {})
        return dict(table) if isinstance(table, dict) else {}


class ToneSettings(BaseModel):
    """How posts are read, where not by the model that ships (extra `hub`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str | None = None
    """A text classifier of a model hub, or a folder with one; it says how a post speaks, the rest stays with ours."""
    languages: tuple[str, ...] = ()
    """The languages it reads beside English, as codes: pl, cy, ur-Latn."""
    batch_size: int = Field(default=16, ge=1, le=1024)
    device: str = "cpu"
    """Where it runs: cpu, cuda, cuda:1, mps."""


class Settings(BaseSettings):
    """Everything that can be set. `sources` holds one table per source; each source checks its own."""

    model_config = SettingsConfigDict(env_prefix="CRESTWATCH_", env_nested_delimiter="__", extra="forbid", frozen=True)

    data_dir: Path = ROOT / "data"
    database_url: SecretStr | None = None
    local_roles: tuple[Role, ...] = (Role.COMMUNICATIONS, Role.HEAD)
    local_name: str = "This computer"
    contact: str | None = None
    """A web or e-mail address that platforms are told, so that they can reach whoever runs this."""
    public_address: str | None = Field(default=None, pattern=r"^https?://[A-Za-z0-9.-]+(:\d+)?/?$")
    """Where colleagues reach the staff form through a proxy, for example https://listening.ourtrust.example; None: nowhere."""
    scheduled: bool = True
    """Whether collection runs by itself beside the dashboard."""
    sources: dict[str, dict[str, Any]] = Field(default_factory=dict)
    tone: ToneSettings = ToneSettings()

    @model_validator(mode="after")
    def _place_of_reports(self) -> Self:
        """Reports wait in the inbox, unless another place was said."""
        self.sources.setdefault("sightings", {}).setdefault("inbox", self.inbox / "sightings")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Strongest first: what code hands in, the environment, the secrets file, the settings file."""
        return (
            init_settings,
            env_settings,
            SecretsFile(settings_cls, ROOT / ".streamlit" / "secrets.toml"),
            TomlConfigSettingsSource(settings_cls, ROOT / "crestwatch.toml"),
        )

    @property
    def store_url(self) -> str:
        """Where the database is: PostgreSQL by setting, else one SQLite file in the data folder."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'crestwatch.sqlite'}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret value there is, so that the log can leave it out wherever it turns up."""
        given = [self.database_url.get_secret_value()] if self.database_url else []
        for table in self.sources.values():
            given += [str(value) for name, value in table.items() if SECRET_NAME.search(name)]
        return tuple(given)

    @property
    def inbox(self) -> Path:
        """Where uploads wait for the worker, one folder a kind."""
        return self.data_dir / "inbox"

    @property
    def spool(self) -> Path:
        """Where reports of colleagues wait for the worker."""
        return Path(self.sources["sightings"]["inbox"])


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process. Raises BadInput naming what cannot be read; never shows a value, which may be a secret."""
    try:
        return Settings()
    except ValidationError as problem:
        places = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in problem.errors(include_input=False))
        raise BadInput(f"The settings cannot be read ({places}). Mend crestwatch.toml or the environment.") from None
    except ValueError as problem:
        raise BadInput(f"crestwatch.toml or .streamlit/secrets.toml cannot be read ({problem}). Mend that line.") from None
