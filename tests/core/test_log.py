"""The log: what it concerns, and neither a secret nor what people wrote."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
import structlog

from core.log import Redaction, configure, log

SECRET = "hunter2-hunter2"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Configures the log with secrets; calling it gives what was logged."""
    standard_error = StringIO()
    monkeypatch.setattr(sys, "stderr", standard_error)
    monkeypatch.setenv("REDDIT_CLIENT_SECRET", "from-the-environment")
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure([SECRET, "short"])
    yield standard_error.getvalue
    structlog.reset_defaults()
    root.handlers[:], root.level = before, level


def test_a_line_says_what_it_concerns(lines: Callable[[], str]) -> None:
    log(source="feeds", run=12).info("stored", posts=40, cost=0.5, stopped=None)

    line = json.loads(lines())
    assert line.pop("timestamp").endswith("Z")
    said = {"event": "stored", "level": "info", "posts": 40, "cost": 0.5, "stopped": None}
    assert line == {"source": "feeds", "run": 12, **said}


def test_what_is_less_than_asked_for_is_not_logged(lines: Callable[[], str]) -> None:
    log().debug("detail")

    assert lines() == ""


@pytest.mark.parametrize(
    "name",
    ["token", "bearer_token", "API_KEY", "apikey", "Password", "client_secret", "Authorization", "cookie", "database_url"],
)
def test_values_named_like_secrets_are_left_out(lines: Callable[[], str], name: str) -> None:
    log(**{name: "abc"}).info("stored", deep={name: "abc"}, several=[{name: "abc"}])

    assert "abc" not in lines()


@pytest.mark.parametrize("name", ["text", "title", "body", "bio", "handle", "author", "payload", "what_it_says"])
def test_what_people_wrote_is_left_out(lines: Callable[[], str], name: str) -> None:
    log(**{name: "Rowan"}).info("stored", deep={name: ["Rowan"]})

    assert "Rowan" not in lines()


@pytest.mark.parametrize(
    "value",
    [
        f"GET /?key={SECRET}&x=1",
        ["a", {"b": (SECRET,)}],
        {"headers": {"X-Thing": f"Basic {SECRET}"}},
        ValueError(f"cannot open postgresql://us:{SECRET}@db"),
        "from-the-environment was refused",
        {f"from-the-environment {SECRET}"},
    ],
)
def test_a_secret_is_left_out_wherever_it_stands(lines: Callable[[], str], value: object) -> None:
    log(part=value).error("failed", reason=value)

    said = lines()
    assert SECRET not in said
    assert "from-the-environment" not in said
    assert "[not logged]" in said


@pytest.mark.parametrize("text", ["https://us:pa55@db.example/x", "postgresql+psycopg://us:p%40ss@db:5432/x"])
def test_a_password_inside_an_address_is_left_out(text: str) -> None:
    cleaned = Redaction().clean(f"cannot open {text} now")

    assert "://us:[not logged]@db" in cleaned
    assert "p%40ss" not in cleaned
    assert "pa55" not in cleaned


def test_an_address_without_a_password_stays() -> None:
    assert Redaction().clean("https://school.example:8443/a@b?c") == "https://school.example:8443/a@b?c"


def test_a_value_too_short_to_be_a_secret_is_not_hunted_for() -> None:
    assert Redaction(["short"]).clean("a short text") == "a short text"


def test_libraries_that_log_by_themselves_are_cleaned_too(lines: Callable[[], str]) -> None:
    library = logging.getLogger("some.library")
    library.info("nothing to see")
    library.warning("retrying %s with %s", "https://us:pa55word@db.example", SECRET)
    try:
        raise ValueError(SECRET)
    except ValueError:
        library.exception("it broke", stack_info=True)

    said = lines()
    assert SECRET not in said
    assert "pa55word" not in said
    assert "Traceback" not in said
    assert "Stack" not in said
    assert said.splitlines() == [
        "WARNING:some.library:retrying https://us:[not logged]@db.example with [not logged]",
        "ERROR:some.library:it broke (ValueError)",
    ]
