"""Feeds, read over the safe fetch from a loopback server by the real feedparser."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from collectors import feed_parser
from collectors.feeds import Feeds
from core.errors import NotConfigured, SourceStopped
from core.types import Batch, Json, Post, Query
from tests.replay import Answer, Replay, Route

ALL = Query(key="all")


def rss(*items: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Harrowmere Courier</title>'
    return f"{head}<link>https://news.example/</link>{''.join(items)}</channel></rss>".encode()


def item(number: int, date: str | None = "Wed, 18 Nov 2026 09:30:00 GMT", **more: str) -> str:
    fields = {"title": f"Story {number}", "guid": f"g{number}", "link": f"https://news.example/{number}"} | more
    fields |= {"pubDate": date} if date else {}
    return "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items()) + "</item>"


ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title>Courier blog</title>
<entry><id>tag:blog.example,2026:1</id><title type="html">Fish &amp;amp; chips</title><link href="/1"/>
<author><name>Rosa Lindqvist</name><email>rosa@blog.example</email></author><updated>2026-11-19T10:00:00+01:00</updated>
<content type="html">&lt;p&gt;At Priory Vale&lt;/p&gt;</content></entry></feed>"""

PAGE = b"<!doctype html><html><head><title>Courier</title></head><body><p>Welcome</p></body></html>"


def page(body: bytes, status: int = 200, **headers: str) -> Route:
    kind = {"content-type": "application/rss+xml"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _query, _headers: Answer(body=body, status=status, headers=kind)


def feeds(replay: Replay, *paths: str | dict[str, str], **settings: Any) -> Feeds:
    urls = [replay.url + each if isinstance(each, str) else each | {"url": replay.url + each["url"]} for each in paths]
    return Feeds({"urls": urls, "allow": [f"127.0.0.1:{replay.server_port}"]} | settings)


def once(source: Feeds, cursor: Json | None = None) -> list[Batch]:
    return list(source.collect(ALL, cursor))


def posts(batches: list[Batch]) -> list[Post]:
    return [Feeds.to_post(raw) for batch in batches for raw in batch.items]


def test_without_addresses_it_says_what_it_needs() -> None:
    with pytest.raises(NotConfigured, match=r"\[sources.feeds\]"):
        Feeds().ready()


@pytest.mark.parametrize("wrong", ["news.example/rss", "file:///etc/passwd", "", 7, {"label": "no address"}])
def test_what_is_no_address_is_refused_at_once(wrong: object) -> None:
    with pytest.raises(NotConfigured, match="urls"):
        Feeds({"urls": [wrong]})


def test_rss_and_atom_become_posts(replay: Replay) -> None:
    replay.routes["/rss"] = page(rss(item(1, description="&lt;p&gt;At &lt;b&gt;Priory&lt;/b&gt; Vale&lt;/p&gt;")))
    replay.routes["/atom"] = page(ATOM)
    source = feeds(replay, "/rss", {"url": "/atom", "label": "Parents’ blog", "platform": "blog"})
    source.ready()
    story, entry = posts(once(source))
    assert (story.platform, story.text) == ("news", "Story 1\n\nAt Priory Vale")
    assert (story.community, story.url, story.author.name) == ("Harrowmere Courier", "https://news.example/1", None)
    assert str(story.created_at) == "2026-11-18 09:30:00+00:00"
    assert (entry.platform, entry.text, entry.community) == ("blog", "Fish & chips\n\nAt Priory Vale", "Parents’ blog")
    assert (entry.author.name, entry.url, entry.language) == ("Rosa Lindqvist", f"{replay.url}/1", "en")
    assert str(entry.created_at) == "2026-11-19 09:00:00+00:00"


def test_payload_and_cursor_are_json(replay: Replay) -> None:
    replay.routes["/rss"] = page(rss(item(1)), etag='"v1"')
    for batch in once(feeds(replay, "/rss")):
        assert json.loads(json.dumps(batch.cursor)) == batch.cursor
        assert all(json.loads(json.dumps(raw.payload)) == raw.payload for raw in batch.items)


def test_an_unchanged_feed_gives_nothing_new(replay: Replay) -> None:
    def route(_query: dict[str, str], headers: Mapping[str, str]) -> Answer:
        known = headers.get("if-none-match") == '"v1"'
        return Answer(body=b"" if known else rss(item(1)), status=304 if known else 200, headers={"etag": '"v1"'})

    replay.routes["/rss"] = route
    source = feeds(replay, "/rss")
    first = once(source)
    again = once(source, first[-1].cursor)
    assert len(posts(first)) == 1
    assert posts(again) == []
    assert again[-1].cursor == first[-1].cursor
    assert not again[-1].skipped


def test_a_changed_feed_gives_what_is_new_and_a_week_before(replay: Replay) -> None:
    old, late = item(1, "Mon, 02 Nov 2026 10:00:00 GMT"), item(2, "Sat, 14 Nov 2026 10:00:00 GMT")
    new, undated = item(3), item(4, None)
    source = feeds(replay, "/rss")
    replay.routes["/rss"] = page(rss(old, new))
    first = once(source)
    replay.routes["/rss"] = page(rss(old, late, new, undated))
    again = once(source, first[-1].cursor)
    assert [post.text for post in posts(first)] == ["Story 1", "Story 3"]
    assert [post.text for post in posts(again)] == ["Story 2", "Story 3", "Story 4"]


def test_an_entry_from_the_far_future_does_not_hide_what_comes_after_it(replay: Replay) -> None:
    source = feeds(replay, "/rss")
    replay.routes["/rss"] = page(rss(item(1, "Fri, 01 Jan 2100 00:00:00 GMT"), item(2)))
    first = once(source)
    replay.routes["/rss"] = page(rss(item(3)))
    assert posts(first)[0].created_at is None
    assert [post.text for post in posts(once(source, first[-1].cursor))] == ["Story 3"]


def test_one_bad_feed_is_reported_and_the_rest_go_on(replay: Replay) -> None:
    replay.routes["/page"] = page(PAGE)
    replay.routes["/good"] = page(rss(item(1)))
    replay.routes["/broken"] = page(b"", 503)
    source = feeds(replay, "/page?key=secret", "/gone", "/good", "/broken")
    batches = once(source)
    assert [post.text for post in posts(batches)] == ["Story 1"]
    told = {skipped.where.removeprefix(replay.url): skipped.reason for batch in batches for skipped in batch.skipped}
    assert list(told) == ["/page", "/gone", "/broken"]
    assert "no feed" in told["/page"]
    assert "404" in told["/gone"]
    assert "503" in told["/broken"]


def test_a_bad_feed_keeps_its_place(replay: Replay) -> None:
    source = feeds(replay, "/a", "/b")
    replay.routes |= {"/a": page(rss(item(1)), etag='"a"'), "/b": page(rss(item(2)))}
    first = once(source)
    replay.fault("/a", "500")
    assert once(source, first[-1].cursor)[-1].cursor == first[-1].cursor


def test_all_feeds_bad_stops_the_source(replay: Replay) -> None:
    replay.routes["/page"] = page(PAGE)
    reported: list[Batch] = []
    with pytest.raises(SourceStopped, match=r"No feed could be read.*no feed: a web page"):
        reported.extend(feeds(replay, "/page", "/gone").collect(ALL, None))
    assert [skipped.where for batch in reported for skipped in batch.skipped] == [f"{replay.url}/page", f"{replay.url}/gone"]


@pytest.mark.parametrize("fault", ["disconnect", "cut", "html", "429-bare", "403"])
def test_a_server_on_a_bad_day_is_a_sentence(fault: Any, replay: Replay) -> None:
    replay.routes["/rss"] = page(rss(item(1)))
    replay.fault("/rss", fault)
    with pytest.raises(SourceStopped) as caught:
        once(feeds(replay, "/rss"))
    assert str(caught.value).endswith(".")


def test_a_truncated_feed_is_reported_and_read_again(replay: Replay) -> None:
    source = feeds(replay, "/rss")
    whole = rss(item(1), item(2), item(3, description="A long story about Priory Vale and its choir"))
    replay.routes["/rss"] = page(whole[: whole.index(b"Vale")], etag='"v1"')
    (half,) = once(source)
    assert [post.text for post in posts([half])] == ["Story 1", "Story 2"]
    assert "breaks off" in half.skipped[0].reason
    replay.routes["/rss"] = page(whole, etag='"v1"')
    (again,) = once(source, half.cursor)
    assert len(posts([again])) == 3
    assert "if-none-match" not in replay.log[-1].headers


def test_a_sloppy_feed_is_read(replay: Replay) -> None:
    replay.routes["/rss"] = page(rss(item(1, title="Fish & chips & <b>peas"), item(2)))
    (batch,) = once(feeds(replay, "/rss"))
    assert [post.text for post in posts([batch])] == ["Fish & chips & peas", "Story 2"]
    assert not batch.skipped


def test_ids_do_not_change_with_a_redirect(replay: Replay) -> None:
    replay.routes["/new/place/rss"] = page(rss(item(1)))
    replay.routes["/old"] = page(b"", 301, location="/new/place/rss")
    before = posts(once(feeds(replay, "/old")))[0].native_id
    replay.routes["/old"] = page(rss(item(1)))
    assert posts(once(feeds(replay, "/old")))[0].native_id == before


def test_the_same_guid_in_two_feeds_is_two_posts(replay: Replay) -> None:
    replay.routes |= {"/a": page(rss(item(1))), "/b": page(rss(item(1)))}
    assert len({post.native_id for post in posts(once(feeds(replay, "/a", "/b")))}) == 2


def test_a_long_guid_makes_a_short_id(replay: Replay) -> None:
    replay.routes["/rss"] = page(rss(item(1, guid="x" * 5_000)))
    assert len(posts(once(feeds(replay, "/rss")))[0].native_id) < 100


def test_a_private_address_is_not_read_unless_it_is_allowed(replay: Replay) -> None:
    replay.routes["/rss"] = page(rss(item(1)))
    with pytest.raises(SourceStopped, match="not opened"):
        once(feeds(replay, "/rss", allow=[]))
    assert replay.log == []


def test_a_feed_that_is_the_name_of_a_file_opens_no_file(replay: Replay, tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes(rss(item(1)))
    for body in (str(secret), secret.as_uri()):
        replay.routes["/rss"] = page(body.encode())
        with pytest.raises(SourceStopped, match="no feed"):
            once(feeds(replay, "/rss"))


def test_entities_reach_no_file_and_do_not_grow(replay: Replay, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("canary")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    outside = f'<!ENTITY out SYSTEM "{(tmp_path / "secret").as_uri()}">'
    doctype = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}{outside}]>'.encode()
    replay.routes["/rss"] = page(doctype + rss(item(1, title="&l9;&out;story")))
    texts = [post.text for post in posts(once(feeds(replay, "/rss")))]
    assert all("canary" not in text and len(text) < 1_000 for text in texts)


def test_a_feed_made_to_keep_us_busy_is_given_up(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_parser, "SECONDS", 1)
    replay.routes["/rss"] = page(rss(item(1, author="a." * 250_000 + "@")))
    with pytest.raises(SourceStopped, match="keep programs busy"):
        once(feeds(replay, "/rss"))


def test_another_encoding_is_read(replay: Replay) -> None:
    latin = rss(item(1, title="Café £5")).decode().replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")
    replay.routes["/rss"] = page(latin)
    assert posts(once(feeds(replay, "/rss")))[0].text == "Café £5"


def test_listing_loads_neither_feedparser_nor_a_web_client() -> None:
    check = "import sys, collectors.feeds\nprint(*sorted({'feedparser', 'httpx2', 'httpcore2'} & set(sys.modules)))"
    root = Path(feed_parser.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", check], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
