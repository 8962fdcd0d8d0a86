"""Reddit, by the real client library against a loopback server that plays a made-up Reddit."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import prawcore.sessions
import pytest
import time_machine

from collectors.reddit import Reddit, listings
from core.errors import ItemSkipped, NotConfigured, SourceStopped
from core.types import Batch, Query
from tests.replay import Answer, FaultKind, Replay

SECRET = "made-up-secret-0123456789"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOKEN = "/api/v1/access_token"
SEARCH = "/r/all/search"
NAMED = Query(key="harrowmere", names=["Harrowmere Academy"])
OWNED = Query(key="harrowmere", communities=["r/Harrowmere"])


def token(*_: object) -> Answer:
    """An access token."""
    return Answer(body={"access_token": "made-up", "token_type": "bearer", "expires_in": 3600, "scope": "*"})


@dataclass
class MadeUpList:
    """A list of Reddit's with things numbered upwards, `page` of them on a page."""

    things: int
    kind: str = "t3"
    page: int = 2
    deleted: set[int] = field(default_factory=set)

    def thing(self, number: int) -> dict[str, Any]:
        """A submission or comment, with no more in it than is always there."""
        words = {"title": f"Harrowmere Academy, {number}"} if self.kind == "t3" else {"body": f"Number {number}"}
        return {
            "kind": self.kind,
            "data": {"name": f"{self.kind}_{number}", "id": str(number), "author": "vale_walker", **words},
        }

    def listing(self, query: dict[str, str], _: Mapping[str, str]) -> Answer:
        """A page after the thing in `after`, newest first."""
        above = int(query["after"].split("_")[1]) if "after" in query else self.things + 1
        there = [number for number in range(above - 1, 0, -1) if number not in self.deleted]
        shown = there[: self.page]
        after = f"{self.kind}_{shown[-1]}" if len(there) > self.page else None
        return Answer(body={"kind": "Listing", "data": {"children": [self.thing(number) for number in shown], "after": after}})


@pytest.fixture(autouse=True)
def no_pause_between_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """praw's own three attempts follow at once."""
    monkeypatch.setattr(prawcore.sessions.FiniteRetryStrategy, "_sleep_seconds", lambda _: None)


@pytest.fixture
def reddit(replay: Replay) -> Reddit:
    """The collector, switched on and pointed at the loopback server."""
    replay.routes[TOKEN] = token
    return Reddit(
        {
            "client_id": "made-up-id",
            "client_secret": SECRET,
            "contact": "u/harrowmere_it",
            "approved": True,
            "timeout_seconds": 0.3,
            "base_url": replay.url,
        }
    )


def numbers(batches: list[Batch]) -> list[int]:
    """Which of the made-up things came, in the order in which they came."""
    return [int(Reddit.to_post(item).native_id.split("_")[1]) for batch in batches for item in batch.items]


def until_stopped(batches: Iterator[Batch]) -> tuple[list[Batch], SourceStopped]:
    """What a collection yielded before it stopped, and why it stopped."""
    got: list[Batch] = []
    with pytest.raises(SourceStopped) as stopped:
        got.extend(batches)
    return got, stopped.value


def test_needs_an_app_and_reddits_approval() -> None:
    app = {"client_id": "i", "client_secret": SECRET, "contact": "harrowmere_it"}
    for missing in app:
        with pytest.raises(NotConfigured, match="client id and secret"):
            Reddit({key: value for key, value in app.items() if key != missing} | {"approved": True}).ready()
    with pytest.raises(NotConfigured, match="approved first"):
        Reddit(app).ready()
    Reddit(app | {"approved": True}).ready()


def test_contact_that_is_no_user_name_is_refused() -> None:
    with pytest.raises(NotConfigured, match="contact"):
        Reddit({"contact": "line\nbreak"})


def test_searches_names_and_reads_both_lists_of_own_communities() -> None:
    query = Query(
        key="k",
        names=["Harrowmere Academy", "HMA"],
        communities=["r/Harrowmere", "/r/Harrowmere/", "https://www.reddit.com/r/TheVale/", "Harrowmere parents", "r/no-dash"],
    )
    assert [each.path for each in listings(query)] == [
        "r/all/search",
        "r/Harrowmere/new",
        "r/Harrowmere/comments",
        "r/TheVale/new",
        "r/TheVale/comments",
    ]
    assert listings(query)[0].params["q"] == '"Harrowmere Academy" OR "HMA"'


def test_many_names_make_several_searches_within_the_limit() -> None:
    found = listings(Query(key="k", names=[f"Harrowmere Academy of Number {number}" for number in range(40)]))
    assert len(found) > 1
    assert max(len(each.params["q"]) for each in found) <= 512


def test_reads_every_page_and_next_time_down_to_what_it_has_seen(replay: Replay, reddit: Reddit) -> None:
    made_up = MadeUpList(things=5)
    replay.routes[SEARCH] = made_up.listing
    first = list(reddit.collect(NAMED, None))
    assert numbers(first) == [5, 4, 3, 2, 1]
    made_up.things = 6
    assert numbers(list(reddit.collect(NAMED, first[-1].cursor))) == [6, 5]


def test_what_it_has_seen_is_known_though_the_newest_was_deleted(replay: Replay, reddit: Reddit) -> None:
    made_up = MadeUpList(things=5)
    replay.routes[SEARCH] = made_up.listing
    first = list(reddit.collect(NAMED, None))
    made_up.deleted = {5}
    assert numbers(list(reddit.collect(NAMED, first[-1].cursor))) == [4, 3]


def test_asks_for_the_newest_of_the_week_and_says_who_asks(replay: Replay, reddit: Reddit) -> None:
    replay.routes[SEARCH] = MadeUpList(things=1).listing
    list(reddit.collect(NAMED, None))
    asked = replay.log[-1]
    assert asked.query == {
        "q": '"Harrowmere Academy"',
        "sort": "new",
        "t": "week",
        "syntax": "lucene",
        "limit": "100",
        "raw_json": "1",
    }
    assert asked.headers["user-agent"].startswith("python:crestwatch:v1 (by /u/harrowmere_it)")
    assert asked.headers["authorization"] == "bearer made-up"


def test_reads_submissions_and_comments_of_own_communities(replay: Replay, reddit: Reddit) -> None:
    replay.routes["/r/Harrowmere/new"] = MadeUpList(things=3).listing
    replay.routes["/r/Harrowmere/comments"] = MadeUpList(things=2, kind="t1").listing
    batches = list(reddit.collect(OWNED, None))
    assert [item.payload["data"]["name"] for batch in batches for item in batch.items] == [
        "t3_3",
        "t3_2",
        "t3_1",
        "t1_2",
        "t1_1",
    ]
    assert batches[-1].cursor == {"newest": {"r/Harrowmere/new": ["t3_3", "t3_2"], "r/Harrowmere/comments": ["t1_2", "t1_1"]}}


def test_asks_for_nothing_but_the_lists_however_little_is_in_a_thing(replay: Replay, reddit: Reddit) -> None:
    replay.routes[SEARCH] = MadeUpList(things=2).listing
    (batch,) = reddit.collect(NAMED, None)
    assert numbers([batch]) == [2, 1]
    assert [each.path for each in replay.log] == [TOKEN, SEARCH]


def test_a_payload_is_the_thing_as_it_came_and_can_be_kept(replay: Replay, reddit: Reddit) -> None:
    made_up = MadeUpList(things=1)
    replay.routes[SEARCH] = made_up.listing
    (batch,) = reddit.collect(NAMED, None)
    assert json.loads(json.dumps(batch.items[0].payload)) == made_up.thing(1)
    assert batch.items[0].tool.startswith("praw 8.")


def test_an_odd_thing_costs_only_itself(replay: Replay, reddit: Reddit) -> None:
    children = [{"kind": "t5", "data": {"display_name": "Harrowmere"}}, {"kind": "more"}, MadeUpList(things=1).thing(1)]
    replay.routes[SEARCH] = lambda *_: Answer(body={"kind": "Listing", "data": {"children": children, "after": None}})
    (batch,) = reddit.collect(NAMED, None)
    for item in batch.items[:2]:
        with pytest.raises(ItemSkipped):
            Reddit.to_post(item)
    assert Reddit.to_post(batch.items[2]).native_id == "t3_1"
    assert batch.cursor == {"newest": {'"Harrowmere Academy"': ["t3_1"]}}


def test_run_cut_short_keeps_what_came_and_the_next_one_begins_at_the_top(replay: Replay, reddit: Reddit) -> None:
    replay.routes[SEARCH] = MadeUpList(things=5).listing
    replay.fault(SEARCH, "403", after=1)
    got, _ = until_stopped(reddit.collect(NAMED, None))
    assert numbers(got) == [5, 4]
    assert numbers(list(reddit.collect(NAMED, got[-1].cursor))) == [5, 4, 3, 2, 1]


def test_stops_at_the_thousand_items_that_reddit_lists(replay: Replay, reddit: Reddit) -> None:
    replay.routes[SEARCH] = MadeUpList(things=50).listing
    batches = list(reddit.collect(NAMED, None))
    assert len(batches) == 10
    assert batches[-1].cursor == {"newest": {'"Harrowmere Academy"': ["t3_50", "t3_49"]}}


@pytest.mark.parametrize("status", [302, 403, 404, 451])
def test_a_closed_community_is_left_out_with_the_reason_and_the_rest_goes_on(
    replay: Replay, reddit: Reddit, status: int
) -> None:
    elsewhere = {"location": "https://www.reddit.com/subreddits/search"}
    replay.routes["/r/Private/"] = lambda *_: Answer(body={"error": status}, status=status, headers=elsewhere)
    replay.routes["/r/Harrowmere/"] = MadeUpList(things=1).listing
    batches = list(reddit.collect(Query(key="k", communities=["r/Private", "r/Harrowmere"]), None))
    assert [skipped.where for batch in batches for skipped in batch.skipped] == ["r/Private/new", "r/Private/comments"]
    assert "r/Private is private, closed or misspelt" in batches[0].skipped[0].reason
    assert numbers(batches) == [1, 1]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("500", "out of order"),
        ("403", "refused"),
        ("slow", "in time"),
        ("truncate", "cannot be read"),
        ("cut", "could not be reached"),
        ("disconnect", "could not be reached"),
        ("html", "cannot be read"),
        ("empty", "cannot be read"),
    ],
)
def test_a_fault_stops_the_source_with_a_sentence(replay: Replay, reddit: Reddit, kind: FaultKind, reason: str) -> None:
    replay.routes[SEARCH] = MadeUpList(things=4).listing
    replay.fault(SEARCH, kind, after=1, times=3)
    got, stopped = until_stopped(reddit.collect(NAMED, None))
    assert numbers(got) == [4, 3]
    assert reason in str(stopped)
    assert str(stopped).startswith("Reddit ")


@pytest.mark.parametrize("kind", ["429-bare", "500", "403", "slow", "truncate", "cut", "disconnect", "html", "empty"])
def test_a_fault_on_the_way_to_a_token_stops_the_source_too(replay: Replay, reddit: Reddit, kind: FaultKind) -> None:
    replay.fault(TOKEN, kind, times=3)
    _, stopped = until_stopped(reddit.collect(OWNED, None))
    assert str(stopped).startswith("Reddit ")
    assert str(stopped).endswith(".")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(body={"message": "Unauthorized", "error": 401}, status=401), "client id and secret"),
        (Answer(body={"error": "invalid_grant"}), "client id and secret"),
        (Answer(body={"access_token": "made-up"}), "cannot be read"),
    ],
)
def test_credentials_reddit_does_not_take_are_said_so(replay: Replay, reddit: Reddit, answer: Answer, reason: str) -> None:
    replay.routes[TOKEN] = lambda *_: answer
    _, stopped = until_stopped(reddit.collect(NAMED, None))
    assert reason in str(stopped)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body={"reason": "BAD_QUERY", "explanation": "no"}, status=400),
        Answer(body={"message": "Bad Request", "error": 400}, status=400),
        Answer(body=[{"kind": "Listing"}]),
        Answer(body={"kind": "Listing", "data": {"children": "none"}}),
        Answer(body={"data": {"children": []}}, headers={"x-ratelimit-remaining": "9"}),
        Answer(body={}, status=401, headers={"www-authenticate": 'Bearer error="odd"'}),
        Answer(body={}, status=429, headers={"retry-after": "Fri, 20 Nov 2026 12:00:00 GMT"}),
        Answer(status=204),
    ],
)
def test_an_answer_of_an_odd_shape_stops_the_source_too(replay: Replay, reddit: Reddit, answer: Answer) -> None:
    replay.routes[SEARCH] = lambda *_: answer
    _, stopped = until_stopped(reddit.collect(NAMED, None))
    assert str(stopped).endswith(".")


def test_nobody_there_stops_the_source(reddit: Reddit) -> None:
    with Replay() as gone:
        pass
    _, stopped = until_stopped(Reddit({**reddit.settings.model_dump(), "base_url": gone.url}).collect(NAMED, None))
    assert "could not be reached" in str(stopped)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [({"retry-after": "30"}, 30), ({"x-ratelimit-reset": "45"}, 45), ({"retry-after": "-1"}, 600), ({}, 600)],
)
def test_too_many_requests_says_when_to_come_back(replay: Replay, reddit: Reddit, headers: dict[str, str], wait: int) -> None:
    replay.routes[SEARCH] = lambda *_: Answer(body={}, status=429, headers=headers)
    with time_machine.travel(NOW, tick=False):
        _, stopped = until_stopped(reddit.collect(NAMED, None))
    assert stopped.retry_at == NOW + timedelta(seconds=wait)
    assert len(replay.asked(SEARCH)) == 1


def test_with_no_requests_left_it_stops_where_praw_would_sleep(replay: Replay, reddit: Reddit) -> None:
    def last(query: dict[str, str], headers: Mapping[str, str]) -> Answer:
        used_up = {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "100", "x-ratelimit-reset": "500"}
        return Answer(body=MadeUpList(things=5).listing(query, headers).body, headers=used_up)

    replay.routes[SEARCH] = last
    with time_machine.travel(NOW, tick=False):
        got, stopped = until_stopped(reddit.collect(NAMED, None))
    assert numbers(got) == [5, 4]
    assert stopped.retry_at == NOW + timedelta(minutes=10)


def test_the_secret_is_in_no_log_and_no_error(replay: Replay, reddit: Reddit, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    replay.routes[SEARCH] = MadeUpList(things=3).listing
    replay.fault(SEARCH, "html", after=1)
    _, stopped = until_stopped(reddit.collect(NAMED, None))
    assert caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in f"{stopped!r} {reddit.settings!r}"


def test_recheck_names_what_is_gone_deleted_or_removed(replay: Replay, reddit: Reddit) -> None:
    def info(query: dict[str, str], _: Mapping[str, str]) -> Answer:
        there = [MadeUpList(things=1).thing(int(name.split("_")[1])) for name in query["id"].split(",") if name != "t3_2"]
        for thing in there:
            if thing["data"]["name"] == "t3_3":
                thing["data"] |= {"selftext": "[removed]", "author": None}
        return Answer(body={"kind": "Listing", "data": {"children": there, "after": None}})

    replay.routes["/api/info"] = info
    names = [f"t3_{number}" for number in range(1, 151)]
    assert reddit.recheck(names) == ["t3_2", "t3_3"]
    assert [len(each.query["id"].split(",")) for each in replay.asked("/api/info")] == [100, 50]


def test_recheck_takes_no_silence_for_deletion(replay: Replay, reddit: Reddit) -> None:
    replay.fault("/api/info", "empty")
    with pytest.raises(SourceStopped):
        reddit.recheck(["t3_1"])
