"""X, by the real client library against a loopback server that plays a made-up X."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from collectors.x import X, searches
from core.errors import NotConfigured, SourceStopped
from core.types import Batch, Query
from tests.replay import Answer, FaultKind, Replay

TOKEN = "made-up-token-0123456789"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEARCH = "/2/tweets/search/recent"
QUERY = Query(key="harrowmere", names=["Harrowmere Academy"], hashtags=["#HarrowmereAcademy"], handles=["@HarrowmereAcad"])
FIRST_ID = 2079000000000000000


@dataclass
class MadeUpX:
    """X with posts numbered upwards, `page` of them on a page, which no longer knows ids below `oldest`."""

    posts: int
    page: int = 2
    oldest: int = FIRST_ID
    forgotten: set[str] = field(default_factory=set)

    def post(self, number: int) -> dict[str, Any]:
        """A post by one of two authors."""
        post_id = str(FIRST_ID + number)
        return {
            "id": post_id,
            "edit_history_tweet_ids": [post_id],
            "author_id": str(number % 2),
            "created_at": "2026-11-18T09:00:00.000Z",
            "text": f"Harrowmere Academy, {number}",
        }

    def search(self, query: dict[str, str], _: Mapping[str, str]) -> Answer:
        """A page of the posts after since_id, newest first."""
        since = int(query.get("since_id", self.oldest))
        if since < self.oldest or query.get("next_token") in self.forgotten:
            problem = {
                "parameters": {"since_id": [str(since)]},
                "message": "'since_id' must be a tweet id created after 2026-11-13T12:00Z.",
            }
            return Answer(body={"errors": [problem], "title": "Invalid Request"}, status=400)
        found = [self.post(number) for number in range(self.posts, 0, -1) if FIRST_ID + number > since]
        start = int(query.get("next_token", "0"))
        shown = found[start : start + self.page]
        meta: dict[str, Any] = {"result_count": len(shown)}
        if not shown:
            return Answer(body={"meta": meta})
        meta |= {"newest_id": shown[0]["id"], "oldest_id": shown[-1]["id"]}
        if start + self.page < len(found):
            meta["next_token"] = str(start + self.page)
        users = [self.user(key) for key in sorted({post["author_id"] for post in shown})]
        return Answer(body={"data": shown, "includes": {"users": users}, "meta": meta})

    @staticmethod
    def user(key: str) -> dict[str, Any]:
        """A profile."""
        website = {"url": "https://t.co/AAAAAAAAAA", "expanded_url": "https://harrowmere.example"}
        return {
            "id": key,
            "username": f"neighbour_{key}",
            "name": "A neighbour",
            "description": "Lives near Harrowmere Academy",
            "url": website["url"],
            "entities": {"url": {"urls": [website]}},
            "created_at": "2015-01-02T03:04:05.000Z",
            "verified": False,
            "profile_image_url": "https://pbs.twimg.com/profile_images/1/a_normal.jpg",
            "public_metrics": {"followers_count": 5, "following_count": 6, "tweet_count": 7},
        }


def collector(replay: Replay, **settings: Any) -> X:
    """The collector, switched on and pointed at the loopback server."""
    return X({"bearer_token": TOKEN, "attestation": "not_government", "base_url": replay.url, **settings})


def numbers(batches: list[Batch]) -> list[int]:
    """Which of the made-up posts came, in the order in which they came."""
    return [int(X.to_post(item).native_id) - FIRST_ID for batch in batches for item in batch.items]


def until_stopped(batches: Iterator[Batch]) -> tuple[list[Batch], SourceStopped]:
    """What a collection yielded before it stopped, and why it stopped."""
    got: list[Batch] = []
    with pytest.raises(SourceStopped) as stopped:
        got.extend(batches)
    return got, stopped.value


def test_needs_a_token_and_a_statement_on_government_use() -> None:
    with pytest.raises(NotConfigured, match=r"bearer token from developer\.x\.com"):
        X().ready()
    with pytest.raises(NotConfigured, match="government-related bodies"):
        X({"bearer_token": TOKEN}).ready()
    X({"bearer_token": TOKEN, "attestation": "enterprise"}).ready()


def test_switched_off_it_asks_nothing(replay: Replay) -> None:
    with pytest.raises(NotConfigured):
        next(X({"bearer_token": TOKEN, "base_url": replay.url}).collect(QUERY, None))
    assert replay.log == []


def test_search_holds_names_hashtags_and_handles_but_no_reposts() -> None:
    assert searches(QUERY) == ['("Harrowmere Academy" OR #HarrowmereAcademy OR @HarrowmereAcad) -is:retweet']


def test_search_leaves_out_what_x_would_not_take() -> None:
    query = Query(
        key="k",
        names=['The "Mere"', "the mere", "", "M" * 600],
        hashtags=["HMA", "#two words"],
        handles=["@a@mastodon.example", "school.bsky.social", "hma"],
    )
    assert searches(query) == ['("The Mere" OR #HMA OR @hma) -is:retweet']
    assert searches(Query(key="k")) == []


def test_many_names_make_several_searches_within_the_limit() -> None:
    names = [f"Harrowmere Academy of Number {number}" for number in range(40)]
    texts = searches(Query(key="k", names=names))
    assert len(texts) > 1
    assert max(map(len, texts)) <= 512
    assert [name for name in names if sum(f'"{name}"' in text for text in texts) != 1] == []


def test_reads_every_page_and_next_time_only_what_is_new(replay: Replay) -> None:
    made_up = MadeUpX(posts=5)
    replay.routes[SEARCH] = made_up.search
    x = collector(replay)
    first = list(x.collect(QUERY, None))
    assert numbers(first) == [5, 4, 3, 2, 1]
    made_up.posts = 8
    second = list(x.collect(QUERY, first[-1].cursor))
    assert numbers(second) == [8, 7, 6]
    assert {each.query["since_id"] for each in replay.log[-2:]} == {str(FIRST_ID + 5)}
    third = list(x.collect(QUERY, second[-1].cursor))
    assert numbers(third) == []
    assert third[-1].cursor == second[-1].cursor


def test_asks_in_one_page_for_all_that_is_needed(replay: Replay) -> None:
    replay.routes[SEARCH] = MadeUpX(posts=1).search
    list(collector(replay).collect(QUERY, None))
    (asked,) = replay.log
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.query["max_results"] == "100"
    assert asked.query["expansions"] == "author_id"
    assert {"edit_history_tweet_ids", "note_tweet", "public_metrics", "referenced_tweets"} <= set(
        asked.query["tweet.fields"].split(",")
    )
    assert {"description", "parody", "public_metrics", "verified"} <= set(asked.query["user.fields"].split(","))


def test_a_payload_holds_the_post_and_its_author_and_can_be_kept(replay: Replay) -> None:
    made_up = MadeUpX(posts=2)
    replay.routes[SEARCH] = made_up.search
    (batch,) = collector(replay).collect(QUERY, None)
    kept = json.loads(json.dumps(batch.items[0].payload))
    assert kept == {"data": made_up.post(2), "includes": {"users": [made_up.user("0")]}}
    assert batch.items[0].tool.startswith("tweepy 4.")
    assert X.to_post(batch.items[0]).author.handle == "neighbour_0"


def test_profiles_come_as_accounts_and_the_batch_says_its_cost(replay: Replay) -> None:
    replay.routes[SEARCH] = MadeUpX(posts=2).search
    (batch,) = collector(replay).collect(QUERY, None)
    assert [account.handle for account in batch.accounts] == ["neighbour_0", "neighbour_1"]
    account = batch.accounts[0]
    assert (account.platform, account.native_id, account.url) == ("x", "0", "https://harrowmere.example")
    assert (account.followers, account.following, account.posts, account.verified) == (5, 6, 7, False)
    assert account.created_at == datetime(2015, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert batch.cost == 0.03


def test_a_profile_that_cannot_be_read_is_said_to_be_left_out(replay: Replay) -> None:
    page = {"data": [{"id": "7", "text": "hello"}], "includes": {"users": [{"id": "9"}]}, "meta": {"newest_id": "7"}}
    replay.routes[SEARCH] = lambda *_: Answer(body=page)
    (batch,) = collector(replay).collect(QUERY, None)
    assert len(batch.items) == 1
    assert batch.accounts == []
    assert [skipped.where for skipped in batch.skipped] == ["profile 9"]


def test_run_cut_short_keeps_what_came_and_the_next_one_fetches_only_the_rest(replay: Replay) -> None:
    replay.routes[SEARCH] = MadeUpX(posts=5).search
    replay.fault(SEARCH, "500", after=1)
    x = collector(replay)
    got, _ = until_stopped(x.collect(QUERY, None))
    assert numbers(got) == [5, 4]
    rest = list(x.collect(QUERY, got[-1].cursor))
    assert numbers(rest) == [3, 2, 1]
    assert numbers(list(x.collect(QUERY, rest[-1].cursor))) == []
    assert replay.log[-1].query["since_id"] == str(FIRST_ID + 5)


def test_what_is_new_while_the_rest_is_fetched_comes_with_the_run_after(replay: Replay) -> None:
    made_up = MadeUpX(posts=3)
    replay.routes[SEARCH] = made_up.search
    x = collector(replay, pages_per_run=1)
    first = list(x.collect(QUERY, None))
    assert numbers(first) == [3, 2]
    rest = list(x.collect(QUERY, first[-1].cursor))
    assert numbers(rest) == [1]
    made_up.posts = 4
    assert numbers(list(x.collect(QUERY, rest[-1].cursor))) == [4]


def test_since_id_older_than_x_searches_back_becomes_a_start_time(replay: Replay) -> None:
    made_up = MadeUpX(posts=1)
    replay.routes[SEARCH] = made_up.search
    x = collector(replay)
    cursor = list(x.collect(QUERY, None))[-1].cursor
    made_up.oldest, made_up.posts = FIRST_ID + 100, 103
    with time_machine.travel(NOW, tick=False):
        batches = list(x.collect(QUERY, cursor))
    assert numbers(batches) == [103, 102, 101]
    assert [each.query.get("start_time") for each in replay.log[-2:]] == ["2026-11-13T12:01:00Z"] * 2
    assert list(x.collect(QUERY, batches[-1].cursor))[-1].items == []


def test_a_page_token_x_has_forgotten_begins_the_week_again(replay: Replay) -> None:
    made_up = MadeUpX(posts=3)
    replay.routes[SEARCH] = made_up.search
    x = collector(replay, pages_per_run=1)
    cursor = list(x.collect(QUERY, None))[-1].cursor
    made_up.forgotten = {"2"}
    assert numbers(list(x.collect(QUERY, cursor))) == [3, 2]


def test_a_search_x_does_not_take_at_all_stops_the_source(replay: Replay) -> None:
    replay.routes[SEARCH] = lambda *_: Answer(body={"title": "Invalid Request"}, status=400)
    _, stopped = until_stopped(collector(replay).collect(QUERY, None))
    assert "did not accept the search" in str(stopped)
    assert len(replay.log) == 1


def test_each_search_has_its_own_place_in_the_cursor(replay: Replay) -> None:
    names = [f"Harrowmere Academy of Number {number}" for number in range(20)]
    long_query = Query(key="k", names=names)
    made_up = MadeUpX(posts=3)
    replay.routes[SEARCH] = made_up.search
    replay.fault(SEARCH, "500", after=3)
    x = collector(replay)
    got, _ = until_stopped(x.collect(long_query, None))
    finished, unfinished = searches(long_query)
    assert got[-1].cursor == {
        "searches": {
            finished: {"since_id": str(FIRST_ID + 3)},
            unfinished: {"next_token": "2", "newest_id": str(FIRST_ID + 3)},
        }
    }
    assert numbers(list(x.collect(long_query, got[-1].cursor))) == [1]


def test_too_many_requests_says_when_to_come_back(replay: Replay) -> None:
    replay.fault(SEARCH, "429", times=1000)
    _, stopped = until_stopped(collector(replay).collect(QUERY, None))
    assert "wait" in str(stopped)
    assert stopped.retry_at is not None
    assert timedelta(0) < stopped.retry_at - datetime.now(UTC) <= timedelta(minutes=2)
    assert len(replay.log) == 1


@pytest.mark.parametrize("reset", [None, "0", "9" * 18])
def test_too_many_requests_without_a_time_that_can_be_true_waits_a_quarter_of_an_hour(
    replay: Replay, reset: str | None
) -> None:
    headers = {} if reset is None else {"x-rate-limit-reset": reset}
    replay.routes[SEARCH] = lambda *_: Answer(body={}, status=429, headers=headers)
    with time_machine.travel(NOW, tick=False):
        _, stopped = until_stopped(collector(replay).collect(QUERY, None))
    assert stopped.retry_at == NOW + timedelta(minutes=15)
    assert len(replay.log) == 1


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("500", "out of order"),
        ("403", "refused"),
        ("slow", "in time"),
        ("truncate", "cannot be read"),
        ("cut", "broke off"),
        ("disconnect", "could not be reached"),
        ("html", "cannot be read"),
        ("empty", "cannot be read"),
    ],
)
def test_a_fault_stops_the_source_with_a_sentence(replay: Replay, kind: FaultKind, reason: str) -> None:
    replay.routes[SEARCH] = MadeUpX(posts=4).search
    replay.fault(SEARCH, kind, after=1)
    got, stopped = until_stopped(collector(replay, timeout_seconds=0.3).collect(QUERY, None))
    assert numbers(got) == [4, 3]
    assert reason in str(stopped)
    assert str(stopped).startswith("X ")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=["no", "object"], status=403),
        Answer(body={"errors": None}, status=503),
        Answer(body={"errors": [7]}, status=400),
        Answer(body={}, status=429, headers={"x-rate-limit-reset": "soon"}),
        Answer(body="words", status=200),
        Answer(body={"meta": {}, "data": {"id": "7"}}),
        Answer(status=204),
    ],
)
def test_an_answer_of_an_odd_shape_stops_the_source_too(replay: Replay, answer: Answer) -> None:
    replay.routes[SEARCH] = lambda *_: answer
    _, stopped = until_stopped(collector(replay).collect(QUERY, None))
    assert str(stopped).endswith(".")


@pytest.mark.parametrize(("status", "reason"), [(401, "bearer token"), (402, "credit"), (403, "approved use")])
def test_a_refusal_says_what_to_do_about_it(replay: Replay, status: int, reason: str) -> None:
    replay.routes[SEARCH] = lambda *_: Answer(body={"title": "no"}, status=status)
    _, stopped = until_stopped(collector(replay).collect(QUERY, None))
    assert reason in str(stopped)


def test_nobody_there_stops_the_source() -> None:
    with Replay() as gone:
        pass
    _, stopped = until_stopped(collector(gone).collect(QUERY, None))
    assert "could not be reached" in str(stopped)


def test_the_token_is_in_no_log_and_no_error(replay: Replay, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("tweepy.client").setLevel(logging.DEBUG)
    replay.routes[SEARCH] = MadeUpX(posts=2).search
    replay.fault(SEARCH, "403", after=1)
    x = collector(replay)
    list(x.collect(QUERY, None))
    _, stopped = until_stopped(x.collect(QUERY, None))
    assert len(replay.log) == 2
    assert TOKEN not in caplog.text
    assert TOKEN not in f"{stopped!r} {x.settings!r}"


def test_every_request_has_a_timeout_in_normal_use_too() -> None:
    client = X({"bearer_token": TOKEN, "attestation": "enterprise", "timeout_seconds": 0.2})._client()
    with Replay() as silent:
        silent.fault("/", "slow")
        with pytest.raises(OSError, match="timed out"):
            client.session.get(silent.url)


def test_recheck_names_the_posts_that_are_gone(replay: Replay) -> None:
    def lookup(query: dict[str, str], _: Mapping[str, str]) -> Answer:
        asked = query["ids"].split(",")
        kinds = {"2": "resource-not-found", "3": "not-authorized-for-resource", "4": "client-disconnected"}
        problems = [
            {"resource_id": each, "parameter": "ids", "type": f"https://api.twitter.com/2/problems/{kinds[each]}"}
            for each in asked
            if each in kinds
        ]
        there = [{"id": each, "text": "hello"} for each in asked if each not in kinds]
        return Answer(body={"data": there, "errors": problems})

    replay.routes["/2/tweets"] = lookup
    ids = [str(number) for number in range(1, 151)]
    assert collector(replay).recheck(ids) == ["2", "3"]
    assert [len(each.query["ids"].split(",")) for each in replay.log] == [100, 50]


def test_recheck_takes_no_silence_for_deletion(replay: Replay) -> None:
    replay.fault("/2/tweets", "empty")
    assert collector(replay).recheck(["1"]) == []
    replay.fault("/2/tweets", "429")
    with pytest.raises(SourceStopped):
        collector(replay).recheck(["1"])
