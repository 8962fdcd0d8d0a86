"""What the documents say is so: every command, option, setting and source stands there, and nothing that is not there."""

import re
import tomllib
from itertools import chain

import pytest
import typer
from typer.core import TyperGroup

from collectors.base import discover
from core.settings import Settings
from ops.cli import app
from tests.server import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = {each.name: each.read_text(encoding="utf-8") for each in (ROOT / "docs").glob("*.md")}


def commands(group: TyperGroup, before: tuple[str, ...] = ()) -> dict[str, set[str]]:
    """Every command with the options it takes, `--help` apart."""
    found: dict[str, set[str]] = {}
    for name, command in group.commands.items():
        path = (*before, name)
        if isinstance(command, TyperGroup):
            found |= commands(command, path)
        if not isinstance(command, TyperGroup) or command.invoke_without_command:
            options = chain.from_iterable(each.opts for each in command.params if each.param_type_name == "option")
            found[" ".join(path)] = {each for each in options if each.startswith("--")}
    return found


def written() -> dict[str, set[str]]:
    """Every command with its options, as the table of commands has them."""
    found = {}
    for usage in re.findall(r"^\| `crestwatch ([^`]+)` \|", DOCS["commands.md"], re.MULTILINE):
        words = re.match(r"((?:[a-z]+ ?)+)", usage.replace("\\|", "|"))
        assert words is not None
        found[words[1].strip()] = set(re.findall(r"--[a-z-]+", usage))
    return found


def test_every_command_and_option_is_written_down_and_no_other() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    assert written() == commands(group)


def test_every_setting_is_written_down_and_no_other() -> None:
    assert set(re.findall(r"^\| `([a-z_]+)` \|", DOCS["settings.md"], re.MULTILINE)) == set(Settings.model_fields)


def test_every_source_is_written_down_under_its_own_name() -> None:
    headings = re.findall(r"^## .+ \(`([a-z_]+)`\)$", DOCS["sources.md"], re.MULTILINE)
    assert sorted(headings) == sorted(discover())


@pytest.mark.parametrize("name", ["README.md", *DOCS])
def test_every_link_leads_somewhere(name: str) -> None:
    folder, text = (ROOT, README) if name == "README.md" else (ROOT / "docs", DOCS[name])
    targets = [each.split("#", maxsplit=1)[0] for each in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in each]
    assert [each for each in targets if each and not (folder / each).exists()] == []


def test_the_readme_starts_and_tests_with_one_command_each() -> None:
    commands_there = re.findall(r"^    (.+)$", README, re.MULTILINE)
    assert "uv run streamlit run dashboard.py" in commands_there
    assert "uv run pytest" in commands_there


def test_the_map_names_every_room() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rooms = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert len(rooms) == 7
    assert [room for room in rooms if not re.search(rf"\b{room}/", DOCS["architecture.md"])] == []


@pytest.mark.parametrize(
    "path",
    sorted(set(re.findall(r"`((?:core|ops|store|analysis|casework|pages|collectors)/[\w/]+\.py)`", "\n".join(DOCS.values())))),
)
def test_every_file_that_is_named_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


def test_every_folder_of_python_is_a_package() -> None:
    """Without an `__init__.py` the import contract does not see a folder."""
    tops = ("core", "ops", "store", "analysis", "collectors", "casework", "pages", "tests", "benchmarks")
    folders = {file.parent for top in tops for file in (ROOT / top).rglob("*.py")}
    assert sorted(str(each) for each in folders if not (each / "__init__.py").exists()) == []
