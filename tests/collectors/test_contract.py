"""What every collector keeps to, by discovery: a new one is covered once it is there with a folder of payloads.

`payloads/<collector>/NAME.json` is a payload, `NAME.expected.json` beside it holds fields of the post it must give, or
`{"skipped": words of the reason}`.
"""

import copy
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import collectors.base
from collectors.base import Collector, SourceSettings, discover
from core.errors import ItemSkipped, NotConfigured
from core.types import Json, Post, Raw

PAYLOADS = Path(__file__).parent / "payloads"
RETRIEVED_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
COLLECTORS = discover()

every_collector = pytest.mark.parametrize("kind", COLLECTORS.values(), ids=COLLECTORS.keys())


def payload_files(name: str) -> list[Path]:
    """The payloads recorded for a collector."""
    return sorted(path for path in (PAYLOADS / name).glob("*.json") if not path.name.endswith(".expected.json"))


every_payload = pytest.mark.parametrize(
    ("kind", "file"),
    [pytest.param(kind, file, id=f"{name}-{file.stem}") for name, kind in COLLECTORS.items() for file in payload_files(name)],
)


def raw(payload: Json) -> Raw:
    """A payload as it is fetched."""
    return Raw(payload=payload, retrieved_at=RETRIEVED_AT, tool="test")


def read(file: Path) -> Any:
    """The JSON in a file."""
    return json.loads(file.read_text(encoding="utf-8"))


def assert_holds(value: object, expected: object, field: str) -> None:
    """What was expected stands in the value: of an object the named fields, of the rest the whole, times by their moment."""
    if isinstance(expected, dict):
        for name, part in expected.items():
            assert_holds(getattr(value, name), part, f"{field}.{name}")
    elif isinstance(value, datetime):
        assert value == datetime.fromisoformat(str(expected)), field
    else:
        assert value == expected, field


def assert_sound(post: Post) -> None:
    """A post that the store can keep: named, with words unless somebody reported it, its times aware and UTC."""
    assert post.platform
    assert post.native_id
    assert post.text.strip() or post.reported_for
    assert post.retrieved_at == RETRIEVED_AT
    for moment in (post.created_at, post.edited_at):
        assert moment is None or moment.utcoffset() == timedelta(0)


@every_collector
def test_says_what_it_is(kind: type[Collector]) -> None:
    assert kind.name.isidentifier()
    assert kind.name == kind.name.lower()
    assert kind.label
    assert kind.policy.every_minutes > 0
    assert issubclass(kind.Settings, SourceSettings)
    assert kind.__doc__


def test_two_with_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = next(iter(COLLECTORS))
    module = COLLECTORS[name].__module__
    (tmp_path / "twin.py").write_text(f"from {module} import *\nclass Twin({COLLECTORS[name].__name__}):\n    pass\n")
    package = sys.modules["collectors"]
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    try:
        with pytest.raises(ValueError, match=f"two collectors are called {name}"):
            discover()
    finally:
        sys.modules.pop("collectors.twin", None)


@every_collector
def test_without_settings_it_is_ready_or_says_kindly_what_it_needs(kind: type[Collector]) -> None:
    try:
        kind().ready()
    except NotConfigured as problem:
        sentence = str(problem)
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert len(sentence.split()) > 5


@every_collector
def test_a_setting_it_does_not_understand_is_named(kind: type[Collector]) -> None:
    with pytest.raises(NotConfigured, match="colour"):
        kind({"colour": "green"})


@every_collector
def test_has_payloads_each_with_what_is_expected_of_it(kind: type[Collector]) -> None:
    files = payload_files(kind.name)
    assert files
    assert [file for file in files if not file.with_suffix(".expected.json").exists()] == []


@every_payload
def test_reads_the_payload_as_expected(kind: type[Collector], file: Path) -> None:
    payload, expected = read(file), read(file.with_suffix(".expected.json"))
    if "skipped" in expected:
        with pytest.raises(ItemSkipped, match=expected["skipped"]):
            kind.to_post(raw(payload))
    else:
        post = kind.to_post(raw(payload))
        assert_sound(post)
        assert_holds(post, expected, file.stem)


@every_payload
def test_reading_is_pure(kind: type[Collector], file: Path) -> None:
    payload = read(file)
    before = copy.deepcopy(payload)

    def outcome() -> object:
        try:
            return kind.to_post(raw(payload))
        except ItemSkipped as problem:
            return str(problem)

    assert outcome() == outcome()
    assert payload == before


words = st.text(st.characters(exclude_categories=()), max_size=12)
garbage = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(words, inside, max_size=3),
    max_leaves=6,
)


@st.composite
def spoilt(draw: st.DrawFn, payload: Any) -> Any:
    """A payload in which something, somewhere, is not what it was."""
    whole = copy.deepcopy(payload)
    place = whole
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and place[key] and draw(st.booleans()):
            place = place[key]
            continue
        if isinstance(place, dict) and draw(st.booleans()):
            del place[key]
        else:
            place[key] = draw(garbage)
        return whole


@every_collector
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_whatever_comes_is_a_sound_post_or_is_skipped(kind: type[Collector], data: st.DataObject) -> None:
    recorded = [read(file) for file in payload_files(kind.name)]
    payload = data.draw(st.dictionaries(words, garbage, max_size=4) | st.sampled_from(recorded).flatmap(spoilt))
    try:
        post = kind.to_post(raw(payload))
    except ItemSkipped:
        return
    assert_sound(post)


def test_listing_the_sources_loads_no_client_library() -> None:
    check = (
        "import sys\n"
        "from collectors.base import discover\n"
        "discover()\n"
        "print(*sorted({'tweepy', 'praw', 'prawcore', 'requests'} & set(sys.modules)))"
    )
    root = Path(collectors.base.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", check], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
