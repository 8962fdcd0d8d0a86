"""The rules of the house that no single test would notice: rooms, pages, what is drawn, what no file may name."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("core", "ops", "store", "analysis", "collectors", "casework", "pages", "tests", "benchmarks")
PAGES = sorted(file for file in (ROOT / "pages").glob("*/*.py") if file.name != "__init__.py" and file.parent.name != "shared")
PYTHON = [
    ROOT / "dashboard.py",
    *sorted(file for room in ROOMS if room != "tests" for file in (ROOT / room).rglob("*.py")),
]
# In two parts, so that this file does not name what it looks for.
REGISTRIES = tuple(
    "".join(parts)
    for parts in (
        ("pypi", ".org"),
        ("python", "hosted"),
        ("registry.", "npmjs"),
        ("deb.", "debian"),
        ("archive.", "ubuntu"),
        ("ghcr", ".io"),
        ("docker", ".io"),
        ("huggingface", ".co"),
    )
)


def _id(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _git(*arguments: str) -> list[str]:
    try:
        run = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no checkout with git")
    return [name for name in run.stdout.split("\0") if name]


def _imported(tree: ast.Module) -> set[str]:
    """The packages that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {each.name.split(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_every_folder_of_python_is_a_package() -> None:
    """Without its `__init__.py` the import contract does not see a folder."""
    folders = {file.parent for room in ROOMS for file in (ROOT / room).rglob("*.py")}

    assert len(folders) > len(ROOMS)
    assert [_id(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_nothing_lies_directly_in_pages() -> None:
    """Streamlit opens `pages/*.py` past the login."""
    assert [file.name for file in (ROOT / "pages").iterdir() if file.is_file()] == ["__init__.py"]


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_a_page_begins_with_its_guard(page: Path) -> None:
    body = _tree(page).body
    statements = [
        node
        for number, node in enumerate(body)
        if not isinstance(node, ast.Import | ast.ImportFrom) and not (number == 0 and ast.get_docstring(_tree(page)))
    ]

    first = ast.unparse(statements[0])
    assert first.startswith("person = require("), first
    assert not first.startswith("person = require()"), "nobody in particular may open this page"


def test_there_are_pages_to_look_at() -> None:
    assert {page.parent.name for page in PAGES} >= {"watch", "cases", "setup"}


def test_only_one_file_caches() -> None:
    caching = {
        _id(file)
        for file in PYTHON
        for node in ast.walk(_tree(file))
        if isinstance(node, ast.Attribute) and node.attr.startswith("cache_") and ast.unparse(node.value) == "st"
    }

    assert caching == {"pages/shared/data.py"}


def test_streamlit_is_imported_in_pages_alone() -> None:
    drawing = {_id(file) for file in PYTHON if "streamlit" in _imported(_tree(file))}

    assert "dashboard.py" in drawing
    assert {name.split("/")[0] for name in drawing} == {"dashboard.py", "pages"}


def _is_literal(node: ast.expr, tables: frozenset[str] = frozenset()) -> bool:
    """Whether a text is written in the code: a literal, one of two or of a table, or an f-string of nothing else."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.IfExp):
        return _is_literal(node.body, tables) and _is_literal(node.orelse, tables)
    if isinstance(node, ast.JoinedStr):
        return all(_is_literal(each.value if isinstance(each, ast.FormattedValue) else each) for each in node.values)
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in tables


def _tables(tree: ast.Module) -> frozenset[str]:
    """The names that a file gives, once and for all, to a table of literals."""
    stored = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return frozenset(
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
        for target in node.targets
        if isinstance(target, ast.Name) and stored.count(target.id) == 1 and all(map(_is_literal, node.value.values))
    )


def _calls(file: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(_tree(file)) if isinstance(node, ast.Call))


@pytest.mark.parametrize("file", sorted((ROOT / "pages").rglob("*.py")), ids=_id)
def test_what_people_wrote_is_never_drawn_as_markdown(file: Path) -> None:
    """The reader's browser would call the poster's server."""
    tables = _tables(_tree(file))
    for call in _calls(file):
        assert not any(each.arg == "unsafe_allow_html" for each in call.keywords), ast.unparse(call)
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        drawn_by = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        if name in ("markdown", "html", "latex") or (name in ("write", "write_stream") and "archive" not in drawn_by):
            assert all(_is_literal(each, tables) for each in call.args), f"line {call.lineno}: {ast.unparse(call)}"
            assert all(_is_literal(each.value, tables) for each in call.keywords), f"line {call.lineno}: {ast.unparse(call)}"


@pytest.mark.parametrize(
    ("drawn", "literal"),
    [
        ("'**Why**'", True),
        ("'a' if ours else 'b'", True),
        ("f'a {1} b'", True),
        ("text", False),
        ("f'a {text}'", False),
        ("'a' + text", False),
        ("'a' if ours else text", False),
        ("'a {}'.format(text)", False),
        ("TITLES[text]", True),
        ("TEXTS[text]", False),
        ("post['text']", False),
    ],
)
def test_what_counts_as_a_literal(drawn: str, literal: bool) -> None:
    tables = _tables(ast.parse("TITLES = {1: '**Why**'}; TEXTS = {1: text}"))

    assert _is_literal(ast.parse(drawn, mode="eval").body, tables) is literal


def test_imports_go_downward(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)

    status = lint_imports(no_cache=True, no_logo=True)

    said = capsys.readouterr().out
    assert status == 0, said
    assert "5 kept, 0 broken" in said


def test_no_file_names_a_registry_or_where_it_was_made() -> None:
    """Files come from people's machines; what they name stays there for ever."""
    here = [str(folder) for folder in (ROOT, Path.home()) if len(folder.parts) > 2]
    found = []
    for name in _git("ls-files", "-z", "--cached", "--others", "--exclude-standard"):
        file = ROOT / name
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes().decode(errors="replace")
            found += [(name, each) for each in REGISTRIES if each in content.lower()]
            found += [(name, each) for each in here if f"{each}/" in content]

    assert found == []


def test_no_lock_file_is_kept() -> None:
    """It would name a registry; pinned dependencies and `exclude-newer` hold the rest still."""
    kept = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard")

    assert [name for name in kept if Path(name).name == "uv.lock"] == []
