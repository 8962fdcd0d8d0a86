"""One tree of settings: where each comes from, which wins, and what a mistake in one says."""

from pathlib import Path

import pytest

from core.errors import BadInput
from core.settings import Settings, settings
from core.taxonomy import Role

SECRET = "hunter2-hunter2-hunter2"


def _toml(root: Path, text: str) -> None:
    (root / "crestwatch.toml").write_text(text, encoding="utf-8")


def _secrets(root: Path, text: str) -> None:
    (root / ".streamlit").mkdir()
    (root / ".streamlit" / "secrets.toml").write_text(text, encoding="utf-8")


def test_nothing_needs_to_be_set() -> None:
    given = settings()

    assert given.local_roles == (Role.COMMUNICATIONS, Role.HEAD)
    assert given.scheduled
    assert given.sources == {"sightings": {"inbox": given.spool}}
    assert given.spool == given.inbox / "sightings"
    assert given.store_url == f"sqlite:///{given.data_dir / 'crestwatch.sqlite'}"
    assert given.inbox == given.data_dir / "inbox"
    assert (given.data_dir.name, given.data_dir.parent) == ("data", Path(__file__).parents[2])


def test_settings_are_read_once_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    first = settings()
    monkeypatch.setenv("CRESTWATCH_LOCAL_NAME", "Office")

    assert settings() is first
    settings.cache_clear()
    assert settings().local_name == "Office"


def test_the_environment_goes_before_the_secrets_and_they_before_the_file(
    settings_of_nobody: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _toml(
        settings_of_nobody, 'local_name = "file"\ncontact = "file"\ndata_dir = "from-file"\n[sources.x]\non = true\npages = 2'
    )
    _secrets(settings_of_nobody, '[crestwatch]\nlocal_name = "secrets"\ncontact = "secrets"\n[crestwatch.sources.x]\npages = 3')
    monkeypatch.setenv("CRESTWATCH_LOCAL_NAME", "environment")
    monkeypatch.setenv("CRESTWATCH_SOURCES__X__BEARER_TOKEN", SECRET)

    given = settings()

    assert (given.local_name, given.contact, given.data_dir) == ("environment", "secrets", Path("from-file"))
    assert given.sources["x"] == {"on": True, "pages": 3, "bearer_token": SECRET}


def test_the_rest_of_the_secrets_file_is_streamlit_s_own(settings_of_nobody: Path) -> None:
    _secrets(settings_of_nobody, '[auth]\ncookie_secret = "x"\n[connections.db]\nurl = "y"')

    assert set(settings().sources) == {"sightings"}


def test_a_database_url_is_used_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRESTWATCH_DATABASE_URL", f"postgresql+psycopg://us:{SECRET}@db.example/crestwatch")

    assert settings().store_url == f"postgresql+psycopg://us:{SECRET}@db.example/crestwatch"
    assert SECRET not in repr(settings())
    assert SECRET not in str(settings())


def test_roles_are_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRESTWATCH_LOCAL_ROLES", '["safeguarding"]')
    assert settings().local_roles == (Role.SAFEGUARDING,)

    settings.cache_clear()
    monkeypatch.setenv("CRESTWATCH_LOCAL_ROLES", '["caretaker"]')
    with pytest.raises(
        BadInput, match=r"^The settings cannot be read \(local_roles\.0: .*Mend crestwatch\.toml or the environment\.$"
    ):
        settings()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f'local_nam = "{SECRET}"', "local_nam"),
        (f'scheduled = "{SECRET}"', "scheduled"),
        (f'sources = "{SECRET}"', "sources"),
        (f'[sources]\nx = "{SECRET}"', "sources.x"),
        (f'database_url = ["{SECRET}"]', "database_url"),
    ],
)
def test_a_mistake_is_named_and_its_value_is_not_shown(settings_of_nobody: Path, text: str, place: str) -> None:
    _toml(settings_of_nobody, text)

    with pytest.raises(BadInput) as caught:
        settings()

    assert place in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", [f"local_name = {SECRET}", f'"{SECRET}', "local_name", "a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_said(settings_of_nobody: Path, text: str) -> None:
    _toml(settings_of_nobody, text)

    with pytest.raises(BadInput, match=r"cannot be read \(.*\)\. Mend that line\.$") as caught:
        settings()
    assert SECRET not in str(caught.value)


def test_settings_cannot_be_changed_while_running() -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings().local_name = "Other"


def test_settings_in_code_go_before_all_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CRESTWATCH_DATA_DIR", "elsewhere")

    assert Settings(data_dir=tmp_path).data_dir == tmp_path
