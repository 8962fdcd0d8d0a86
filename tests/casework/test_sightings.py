"""What colleagues report: taken in once, named for ever, judged as ours, and never lost."""

import logging
import multiprocessing
import os
import random
import signal
import struct
import sys
import zlib
from dataclasses import fields
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from PIL import Image

from casework import answers, cases
from casework import sightings as taking_in
from casework.sightings import LETTERS, Report
from collectors.sightings import Waiting, waiting
from core.errors import BadInput, CrestwatchError, StoreUnavailable
from core.settings import Settings
from core.taxonomy import Outcome, Role
from core.types import Author, JudgedMention, Post
from ops import pipeline
from store import mentions, requests, retention, sightings
from store.engine import reading, writing
from store.store import Store, open_store
from tests.casework.reporting import NOW, bytes_of, judged, pictures_of, read_spool, spool_of, stored, tell, told_of
from tests.store.fictional import incoming, keep, post

CANARY = "Rosalind Quartermaine"
LINK = "https://www.facebook.com/groups/ferrymoor/posts/77/"
TWEET = "https://x.com/rowan_p/status/1849372649201238800"
CHAT = (
    "[18/11/2026, 20:05:11] Ann Reed: the gates again\n"
    "[18/11/2026, 20:06:40] Bo Hart: shut?\n"
    "[18/11/2026, 20:07:02] Ann Reed: all day\n"
)
COMMENTS = "Sam Poole\nShocking parking\nLike\nReply\n3h\nPriya Vale\nok\nLike\nReply\n2h\nPriya Vale\nok\nLike\nReply\n1h"


def png(colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    written = BytesIO()
    Image.new("RGB", (64, 32), colour).save(written, "PNG")
    return written.getvalue()


def texts(store: Store) -> list[str]:
    return [row.text for row in stored(store)]


def jobs(store: Store) -> list[tuple[str, Any]]:
    found = []
    with writing(store.engine) as connection:
        while job := requests.claim(connection, "test", now=NOW):
            found.append((job.kind, job.arguments))
    return found


def assert_nothing_was_taken_in(store: Store) -> None:
    assert told_of(store) == {}
    assert pictures_of(store) == []
    assert jobs(store) == []
    assert not spool_of(store).exists() or list(spool_of(store).iterdir()) == []


# A link


def test_a_link_alone_is_a_post_without_words_about_the_school_it_was_reported_for(watching: Store) -> None:
    seen_at = NOW - timedelta(hours=2)
    receipt = tell(watching, link=LINK, place="Ferrymoor chat", seen_at=seen_at)
    assert receipt.posts == 1
    assert read_spool(watching).stored == 1

    [row] = stored(watching)
    assert (row.platform, row.text, row.url, row.community) == ("facebook", "", LINK, "Ferrymoor chat")
    assert (row.retrieved_at, row.created_at, row.source) == (seen_at, None, "sightings")
    assert judged(watching) == {(row.id, "rowan"): Outcome.OURS}
    assert told_of(watching) == {receipt.reference: 1}


def test_a_reference_is_read_out_easily(watching: Store) -> None:
    reference = tell(watching, link=LINK).reference
    assert reference.startswith("R-")
    assert [len(part) for part in reference.split("-")] == [1, 3, 3]
    assert set(reference) <= {*LETTERS, "-", "R"}
    assert not set(LETTERS) & set("AEIOU01LI")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LINK, "m.facebook.com/groups/ferrymoor/posts/77?mibextid=K8aq"),
        ("https://www.instagram.com/p/AbC/?igsh=MTx", "http://instagram.com/p/AbC#c"),
        (TWEET, "mobile.twitter.com/rowan_p/status/1849372649201238800?s=20"),
        ("https://ferrymoor.example/news", "www.ferrymoor.example/news/?utm_source=whatsapp&fbclid=1"),
    ],
)
def test_two_people_s_links_to_one_page_are_one_post_and_two_reports(watching: Store, one: str, other: str) -> None:
    first = tell(watching, link=one, reporter="Ann")
    read_spool(watching)
    second = tell(watching, link=other, reporter="Bo")
    assert read_spool(watching).stored == 0

    [row] = stored(watching)
    with reading(watching.engine) as connection:
        reports = sightings.of_post(connection, watching.keys, row.id)
    assert [(each.reference, each.told) for each in reports] == [
        (first.reference, {"reporter": "Ann"}),
        (second.reference, {"reporter": "Bo"}),
    ]


def test_a_link_that_is_pasted_into_the_wrong_box_is_a_link(watching: Store) -> None:
    tell(watching, link=LINK)
    tell(watching, pasted=f"  {LINK}\n")
    read_spool(watching)
    assert [(row.text, row.url) for row in stored(watching)] == [("", LINK)]


@pytest.mark.parametrize(
    ("link", "platform", "name"),
    [
        (TWEET, "x", "1849372649201238800"),
        ("reddit.com/r/ferrymoor/comments/1AbC2d/gates/?utm_source=share", "reddit", "t3_1abc2d"),
        ("https://old.reddit.com/r/ferrymoor/comments/1abc2d/gates/kx9z/", "reddit", "t1_kx9z"),
    ],
)
@pytest.mark.parametrize("pasted", ["", "the gates again"])
def test_a_post_on_x_or_reddit_has_the_name_its_platform_gave_it(
    watching: Store, link: str, platform: str, name: str, pasted: str
) -> None:
    tell(watching, link=link, pasted=pasted)
    read_spool(watching)
    [row] = stored(watching)
    assert (row.platform, row.native_id, row.text) == (platform, name, pasted)


def test_an_id_of_x_names_nothing_on_another_platform(watching: Store) -> None:
    tell(watching, link=TWEET, platform="facebook")
    read_spool(watching)
    [row] = stored(watching)
    assert row.platform == "facebook"
    assert row.native_id.startswith("seen:")


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(document.cookie)",
        "file:///etc/hosts.txt",
        "ftp://ferrymoor.example/a",
        "https://x.com/a status/1",
        "https://ferrymoor.example/" + "a" * 3_000,
        "Facebook",
    ],
)
@pytest.mark.parametrize("beside", [{}, {"pasted": "the gates again"}], ids=["alone", "with words"])
def test_what_is_no_link_is_refused(watching: Store, link: str, beside: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=r"^That (?:is not a link|link is longer)[^\n]+\.$"):
        tell(watching, link=link, **beside)
    assert_nothing_was_taken_in(watching)


# Words


def test_a_pasted_thread_is_split_and_the_same_paste_adds_only_a_second_report(watching: Store) -> None:
    first = tell(watching, pasted=CHAT, place="Y7 parents")
    assert first.posts == 3
    read_spool(watching)
    before = stored(watching)
    assert [(row.platform, row.text, row.community) for row in before] == [
        ("whatsapp", "the gates again", "Y7 parents"),
        ("whatsapp", "shut?", "Y7 parents"),
        ("whatsapp", "all day", "Y7 parents"),
    ]

    second = tell(watching, pasted=f"\n{CHAT}", place="Y7 parents", now=NOW + timedelta(hours=3))
    assert read_spool(watching).stored == 0
    assert stored(watching) == before
    assert told_of(watching) == {first.reference: 3, second.reference: 3}


@pytest.mark.parametrize("before_the_first_was_read", [True, False])
def test_a_thread_with_ages_is_the_same_an_hour_later(watching: Store, before_the_first_was_read: bool) -> None:
    tell(watching, pasted=COMMENTS)
    if not before_the_first_was_read:
        read_spool(watching)
    tell(watching, pasted=COMMENTS.replace("1h", "2h").replace("3h", "4h"), now=NOW + timedelta(minutes=61))
    read_spool(watching)
    assert sorted(texts(watching)) == ["Shocking parking", "ok", "ok"]


def test_the_same_said_twice_stays_two_posts(watching: Store) -> None:
    tell(watching, pasted="\n".join(f"[18/11/2026, 20:0{n // 2}:00] {'AB'[n % 2]}: same" for n in range(8)) + "\n" + CHAT)
    read_spool(watching)
    assert texts(watching).count("same") == 8

    tell(watching, pasted="\n".join(["Ann\nagreed\nLike\nReply\n2h"] * 5))
    read_spool(watching)
    assert texts(watching).count("agreed") == 5


def test_a_part_of_a_chat_pasted_again_adds_nothing(watching: Store) -> None:
    tell(watching, pasted=CHAT)
    tell(watching, pasted=CHAT.split("\n", 1)[1])
    read_spool(watching)
    assert len(stored(watching)) == 3


def test_the_same_words_elsewhere_are_another_post(watching: Store) -> None:
    elsewhere: list[dict[str, Any]] = [{"place": "Y7"}, {"place": "Y8"}, {"link": LINK}, {"link": LINK + "?comment_id=5"}]
    for facts in elsewhere:
        tell(watching, pasted="the gates again", **facts)
    read_spool(watching)
    assert len(stored(watching)) == 4


def test_a_thread_below_a_link_is_split_and_leads_there(watching: Store) -> None:
    tell(watching, link=LINK, pasted=COMMENTS)
    read_spool(watching)
    assert [(row.platform, row.url) for row in stored(watching)] == [("facebook", LINK)] * 3
    authors = [watching.keys.open_author(row.author_sealed) for row in stored(watching)]
    assert {(each.name, each.handle) for each in authors} == {("Sam Poole", None), ("Priya Vale", None)}


def test_an_author_on_tiktok_is_a_handle(watching: Store) -> None:
    tell(watching, pasted="mia_v\nlove it\n2h ago\nReply\ntom_b\nme too\n1w ago\nReply", platform="tiktok")
    read_spool(watching)
    authors = [watching.keys.open_author(row.author_sealed) for row in stored(watching)]
    assert {(each.name, each.handle) for each in authors} == {(None, "mia_v"), (None, "tom_b")}


def test_a_thread_of_2000_comments(watching: Store) -> None:
    thread = "\n".join(f"[18/11/2026, {n // 60 % 24:02}:{n % 60:02}:00] P{n % 7}: comment {n % 900}" for n in range(2_000))
    assert tell(watching, pasted=thread).posts == 2_000
    report = read_spool(watching)
    assert (report.read, report.stored, report.skipped) == (2_000, 2_000, 0)
    assert waiting(spool_of(watching)) == []
    assert tell(watching, pasted=thread).posts == 2_000
    assert read_spool(watching).stored == 0


@pytest.mark.parametrize(
    ("pasted", "text"),
    [
        ("😂😂", "😂😂"),
        ("<div><p>Snow &amp; ice</p><script>steal()</script><p>again</p></div>", "Snow & ice\nagain"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("nul \x00 half \ud800 none", "nul \ufffd half \ufffd none"),
        ("\u202egnidaer\u202c", "\u202egnidaer\u202c"),
        ("=1+1", "=1+1"),
    ],
)
def test_odd_words_come_in_as_they_are_read(watching: Store, pasted: str, text: str) -> None:
    tell(watching, pasted=pasted, reporter=pasted, note=pasted, place=pasted)
    assert read_spool(watching).skipped == 0
    assert texts(watching) == [text]


@pytest.mark.parametrize("facts", [{}, {"link": LINK}, {"picture": png()}], ids=["alone", "link", "picture"])
def test_five_megabytes_are_refused_in_a_sentence(watching: Store, facts: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=r"^5,000,000 characters were pasted, and at most 200,000 [^\n]+\.$"):
        tell(watching, pasted="x" * 5_000_000, **facts)
    assert_nothing_was_taken_in(watching)


def test_long_notes_are_cut_and_hold_up_nothing(watching: Store) -> None:
    tell(watching, link=LINK, note="n" * 5_000, reporter="r" * 5_000, place="p" * 5_000)
    read_spool(watching)
    [row] = stored(watching)
    with reading(watching.engine) as connection:
        [report] = sightings.of_post(connection, watching.keys, row.id)
    assert {len(told) for told in report.told.values()} == {1_000}
    assert len(row.community) == 200


# A screenshot


def test_the_same_screenshot_twice_is_one_post_one_picture_and_two_reports(watching: Store) -> None:
    first, second = tell(watching, picture=png(), platform="snapchat"), tell(watching, picture=png(), platform="snapchat")
    read_spool(watching)
    third = tell(watching, picture=png(), platform="snapchat")
    read_spool(watching)

    [row] = stored(watching)
    assert (row.platform, row.text) == ("snapchat", "")
    assert len(pictures_of(watching)) == 1
    assert told_of(watching) == {each.reference: 1 for each in (first, second, third)}
    assert judged(watching) == {(row.id, "rowan"): Outcome.OURS}
    tell(watching, picture=png((1, 2, 3)), platform="snapchat")
    read_spool(watching)
    assert (len(stored(watching)), len(pictures_of(watching))) == (2, 2)


@pytest.mark.parametrize(
    ("pasted", "text"), [("the gates again", "the gates again"), (CHAT, CHAT.strip()), (COMMENTS, COMMENTS)]
)
def test_a_screenshot_is_one_post_with_all_that_was_typed_beside_it(watching: Store, pasted: str, text: str) -> None:
    assert tell(watching, picture=png(), pasted=pasted, link=LINK).posts == 1
    read_spool(watching)
    [row] = stored(watching)
    assert (row.text, row.url, row.platform) == (text, LINK, "facebook")
    [picture] = pictures_of(watching)
    assert (picture.platform, picture.native_id) == (row.platform, row.native_id)


@pytest.mark.parametrize("words_first", [True, False])
@pytest.mark.parametrize("read_between", [True, False])
def test_a_screenshot_keeps_the_words_that_came_with_it_once(watching: Store, read_between: bool, words_first: bool) -> None:
    for pasted in ("the gates again", "")[:: 1 if words_first else -1]:
        tell(watching, picture=png(), pasted=pasted)
        if read_between:
            read_spool(watching)
    read_spool(watching)
    assert texts(watching) == ["the gates again"]


def huge_png() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 10_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"never opened") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "is an SVG"),
        (huge_png(), "more than 40 megapixels"),
        (b"<b>photo.png</b>", "not a picture"),
    ],
    ids=["pdf", "svg", "200 megapixels", "markup"],
)
def test_what_is_no_picture_is_refused_with_all_beside_it(watching: Store, content: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        tell(watching, picture=content, link=LINK, pasted="the gates again")
    assert_nothing_was_taken_in(watching)


def test_a_report_has_no_place_for_the_name_of_a_file() -> None:
    assert {field.name for field in fields(Report)} == {
        *("school_id", "platform", "link", "pasted", "picture", "seen_at", "place", "note", "reporter", "channel"),
    }


# What is refused


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "Nothing was handed in"),
        ({"link": "  ", "pasted": "\n\t", "note": "look at this"}, "Nothing was handed in"),
        ({"link": LINK, "seen_at": NOW + timedelta(minutes=11)}, "in the future"),
        ({"link": LINK, "school_id": "nobody"}, "is not watched here"),
        ({"link": LINK, "school_id": ""}, "is not watched here"),
        ({"link": LINK, "platform": "myspace"}, "not a place we know"),
    ],
)
def test_what_cannot_be_a_report_is_refused_in_a_sentence(watching: Store, facts: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said) as refusal:
        tell(watching, **facts)
    assert str(refusal.value).endswith(".")
    assert_nothing_was_taken_in(watching)


def test_a_clock_that_is_a_little_fast_is_no_future(watching: Store) -> None:
    assert tell(watching, link=LINK, seen_at=NOW + timedelta(minutes=9)).posts == 1


# What is here already, or was taken away


@pytest.mark.parametrize("facts", [{"link": TWEET}, {"pasted": CHAT}, {"picture": png()}], ids=["link", "thread", "picture"])
def test_what_was_taken_away_comes_in_as_new_when_it_is_reported_again(watching: Store, facts: dict[str, Any]) -> None:
    posts = tell(watching, **facts).posts
    read_spool(watching)
    for row in stored(watching):
        with writing(watching.engine) as connection:
            assert retention.wipe(connection, row.platform, [row.native_id], now=NOW) == 1
    gone = {row.id for row in stored(watching)}

    receipt = tell(watching, **facts)
    assert read_spool(watching).stored == posts
    fresh = [row for row in stored(watching) if row.id not in gone]
    assert len(fresh) == posts
    assert all(row.gone_at is None for row in fresh)
    assert {row.text for row in stored(watching) if row.id in gone} == {""}
    assert told_of(watching)[receipt.reference] == posts
    assert len(pictures_of(watching)) == ("picture" in facts)
    assert set(judged(watching).values()) == {Outcome.OURS}


def test_a_post_that_came_by_itself_keeps_its_words_and_is_judged_again_once_it_is_reported(watching: Store) -> None:
    name = TWEET.rsplit("/", 1)[1]
    keep(watching, incoming(post(name, "Never again. Ask the parents.")))
    [before] = stored(watching)
    tell(watching, link=TWEET)
    tell(watching, link=TWEET, pasted="I read that they were never going again")
    read_spool(watching)

    assert stored(watching) == [before]
    assert judged(watching) == {}
    assert ("judge", {"posts": [before.id]}) in jobs(watching)
    pipeline.judge_again(watching, only=[before.id], clock=lambda: NOW)
    [(about, outcome)] = judged(watching).items()
    assert about == (before.id, "rowan")
    assert outcome != Outcome.NOT_OURS


def test_a_link_without_words_gets_those_of_a_later_report(watching: Store) -> None:
    tell(watching, link=TWEET)
    read_spool(watching)
    tell(watching, link=TWEET, pasted="the gates again")
    assert read_spool(watching).edited == 1
    assert texts(watching) == ["the gates again"]
    assert {school for _, school in judged(watching)} == {"rowan"}


# Judged


def test_a_reported_post_stays_ours_when_it_is_judged_again(watching: Store) -> None:
    tell(watching, link=LINK)
    tell(watching, link=LINK + "?comment_id=5", school_id="grove")
    read_spool(watching)
    before = judged(watching)
    assert sorted(school for _, school in before) == ["grove", "rowan"]
    assert set(before.values()) == {Outcome.OURS}

    for _ in range(2):
        assert pipeline.judge_again(watching, clock=lambda: NOW) == 2
        assert judged(watching) == before


@pytest.mark.parametrize("facts", [{"link": LINK}, {"pasted": "Rowan Hill Academy, what a day"}], ids=["link", "words"])
def test_a_person_s_answer_goes_before_the_report(watching: Store, facts: dict[str, Any]) -> None:
    tell(watching, **facts)
    read_spool(watching)
    [row] = stored(watching)

    def say(said: str) -> None:
        answers.answer(watching, row.id, "rowan", said, by="Ada", role=Role.COMMUNICATIONS, now=NOW)
        pipeline.judge_again(watching, clock=lambda: NOW)

    say("not_us")
    assert judged(watching) == {(row.id, "rowan"): Outcome.NOT_OURS}
    tell(watching, **facts)
    read_spool(watching)
    pipeline.judge_again(watching, clock=lambda: NOW)
    assert judged(watching) == {(row.id, "rowan"): Outcome.NOT_OURS}
    say("taken_back")
    assert judged(watching) == {(row.id, "rowan"): Outcome.OURS}


def test_a_post_judged_through_its_author_s_place_keeps_that_when_judged_again(watching: Store) -> None:
    said = Post(
        platform="x",
        native_id="1",
        text="Mr Fenwick was lovely today",
        retrieved_at=NOW,
        author=Author(handle="mia", location="Ferrymoor"),
    )
    with reading(watching.engine) as connection:
        [about] = answers.current_judge(connection, now=NOW)([said])
    keep(watching, incoming(said, *about))
    [row] = stored(watching)
    assert [mention.school_id for mention in about] == ["rowan"]

    def seen() -> JudgedMention:
        with reading(watching.engine) as connection:
            [mention] = mentions.of_post(connection, row.id)[1]
            return mention

    before = seen()
    for _ in range(2):
        pipeline.judge_again(watching, clock=lambda: NOW)
        assert (seen().outcome, seen().reasons) == (before.outcome, before.reasons)


# The spool


def test_a_report_waits_for_the_worker_alone_and_is_gone_when_it_was_read(watching: Store) -> None:
    reference = tell(watching, pasted=CHAT, reporter=CANARY, note="note").reference
    [path] = waiting(spool_of(watching))
    assert path.name == f"{reference}.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert spool_of(watching).stat().st_mode & 0o777 == 0o700
    assert len(Waiting.model_validate_json(path.read_bytes()).items) == 3
    assert jobs(watching) == [("collect", {"source": "sightings"})]

    read_spool(watching)
    assert list(spool_of(watching).iterdir()) == []


def test_a_damaged_report_is_counted_and_the_others_are_taken_in(watching: Store) -> None:
    tell(watching, link=LINK)
    damaged = spool_of(watching) / "R-DAM-AGE.json"
    damaged.write_bytes(b'{"reference":"R-DA')
    tell(watching, pasted="the gates again")

    report = read_spool(watching)
    assert (report.stored, report.skipped, report.stopped) == (2, 1, None)
    assert [each.where for each in report.problems] == ["R-DAM-AGE.json"]
    assert waiting(spool_of(watching)) == []
    assert not damaged.exists()


def test_two_workers_may_read_the_spool_at_once(watching: Store) -> None:
    references = {tell(watching, link=f"{LINK}{number}", pasted=f"post {number}").reference for number in range(40)}
    other = open_store(Settings(data_dir=watching.folder))
    start, found, problems = Barrier(2), [], []

    def work(store: Store) -> None:
        start.wait()
        try:
            found.append(read_spool(store))
        except Exception as problem:
            problems.append(problem)

    workers = [Thread(target=work, args=(store,)) for store in (watching, other)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    other.engine.dispose()

    assert problems == []
    assert sum(report.stored for report in found) == 40
    assert sum(report.skipped + report.edited for report in found) == 0
    assert sorted(texts(watching)) == sorted(f"post {number}" for number in range(40))
    assert set(told_of(watching)) == references
    assert list(spool_of(watching).iterdir()) == []


def refused_to_keep(store: Store, spool: Path) -> None:
    report = Report(school_id="rowan", pasted="the gates again " * 100, picture=png())
    with pytest.raises(StoreUnavailable, match=r"^The report could not be kept \([^)]+\)\. Nothing was taken in: [^\n]+\.$"):
        taking_in.hand_in(store, spool, report, by="staff form", now=NOW)
    assert_nothing_was_taken_in(store)


def test_a_spool_that_cannot_be_a_folder_is_said_so(watching: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused_to_keep(watching, tmp_path / "file")
    refused_to_keep(watching, tmp_path / "file" / "spool")
    assert (tmp_path / "file").read_text() == ""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc to which nobody can write")
@pytest.mark.parametrize("spool", ["/proc", "/proc/self/spool", "/sys"])
def test_a_spool_that_cannot_be_written_is_said_so(watching: Store, spool: str) -> None:
    refused_to_keep(watching, Path(spool))


def test_a_full_disk_is_said_so_and_keeps_no_half_report(watching: Store) -> None:
    resource = pytest.importorskip("resource", reason="Windows holds no program to a largest file.")
    spool_of(watching).mkdir(parents=True)
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, usual[1]))
    try:
        with pytest.raises(StoreUnavailable, match=r"could not be kept \(File too large\)"):
            tell(watching, pasted="the gates again " * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert_nothing_was_taken_in(watching)
    assert tell(watching, pasted="the gates again " * 100).posts == 1


# Killed

needs_kill = pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
ELSEWHERE = multiprocessing.get_context("forkserver")
ELSEWHERE.set_forkserver_preload(["tests.casework.test_sightings"])


def report_on_and_on(folder: str, told: str, stop: str) -> None:
    """Hand reports in for ever, writing down each reference that comes back; at the fourth, end at once at `stop`."""
    store = open_store(Settings(data_dir=Path(folder)))
    with Path(told).open("a") as out:
        for number in range(10_000):
            if number == 3 and stop:
                end_at(stop)
            thread = CHAT + f"[18/11/2026, 20:09:00] Cy: {number}\n"
            facts: dict[str, Any] = {"pasted": thread} if number % 2 else {"link": f"{LINK}{number}"}
            receipt = tell(store, reporter=CANARY, **facts)
            out.write(f"{receipt.reference} {receipt.posts}\n")
            out.flush()


def end_at(stop: str) -> None:
    """From now on, coming to this place ends the process as a power cut would."""

    def end(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    places: dict[str, tuple[object, str]] = {
        "half a report is written": (os, "fsync"),
        "it is not in its place yet": (Path, "replace"),
        "it lies in the spool, and nothing in the database": (taking_in, "writing"),
        "the database has half of it": (requests, "ask"),
    }
    owner, name = places[stop]
    setattr(owner, name, end)


def taken_in_after_a_kill(folder: Path, told: Path) -> None:
    """Every reference that was given has its posts, and nothing is there twice; what was cut off can be reported again."""
    store = open_store(Settings(data_dir=folder))
    given = dict(line.split() for line in told.read_text().splitlines(keepends=True) if line.endswith("\n"))
    report = read_spool(store)
    assert (report.skipped, report.stopped) == (0, None)
    assert waiting(spool_of(store)) == []
    assert not [left for left in spool_of(store).iterdir() if left.suffix != ".part"]
    with reading(store.engine) as connection:
        assert {each: len(sightings.stored(connection, each)) for each in given} == {
            each: int(posts) for each, posts in given.items()
        }
    assert set(given) <= set(told_of(store))

    again = tell(store, pasted=CHAT)
    before = len(stored(store))
    tell(store, pasted=CHAT)
    read_spool(store)
    assert again.posts == 3
    chat = [row.text for row in stored(store) if row.text in ("the gates again", "shut?", "all day")]
    assert len(chat) == len(set(chat)) == 3
    assert len(stored(store)) - before in (0, 3)
    store.engine.dispose()


def run_until_killed(folder: Path, told: Path, stop: str, seconds: float | None) -> int | None:
    told.write_text("")
    process = ELSEWHERE.Process(target=report_on_and_on, args=(str(folder), str(told), stop))
    process.start()
    if seconds is not None:
        while not told.read_text() and process.is_alive():
            process.join(0.005)
        process.join(seconds)
        process.kill()
    process.join(60)
    code = process.exitcode
    process.close()
    return code


@needs_kill
@pytest.mark.parametrize(
    "stop",
    [
        "half a report is written",
        "it is not in its place yet",
        "it lies in the spool, and nothing in the database",
        "the database has half of it",
    ],
)
def test_a_kill_loses_no_report_that_was_answered(watching: Store, tmp_path: Path, stop: str) -> None:
    assert run_until_killed(watching.folder, tmp_path / "told", stop, None) == -signal.SIGKILL
    assert len((tmp_path / "told").read_text().splitlines()) == 3
    taken_in_after_a_kill(watching.folder, tmp_path / "told")


@needs_kill
def test_a_kill_at_any_moment_loses_no_report_that_was_answered(watching: Store, tmp_path: Path) -> None:
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"seed {seed}\n")
    moments = random.Random(seed)
    for number in range(5):
        told = tmp_path / f"told{number}"
        assert run_until_killed(watching.folder, told, "", moments.uniform(0, 0.25)) == -signal.SIGKILL
        assert told.read_text()
        taken_in_after_a_kill(watching.folder, told)


# Who told


def test_who_told_is_nowhere_but_sealed(
    watching: Store, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told: dict[str, Any] = {"reporter": CANARY, "note": f"{CANARY} told me", "place": "Ferrymoor chat"}
    reports: list[dict[str, Any]] = [{"link": LINK}, {"pasted": CHAT}, {"picture": png()}]
    for facts in reports:
        tell(watching, **facts, **told)
    none: list[dict[str, Any]] = [{"link": "javascript:"}, {"picture": b"%PDF-"}, {"school_id": "nobody", "link": LINK}]
    for refused in none:
        with pytest.raises(CrestwatchError) as refusal:
            tell(watching, **{**told, **refused})
        assert CANARY not in str(refusal.value)
    in_the_spool = bytes_of(spool_of(watching))
    assert len(in_the_spool) == 3
    read_spool(watching)
    tell(watching, link=LINK, **told)
    pipeline.judge_again(watching, clock=lambda: NOW)
    ref = cases.open_case(watching, title="The gates", school_id="rowan", why="abuse", by="Ada", role=Role.HEAD, now=NOW)
    everything = [(row.id, "rowan") for row in stored(watching)]
    assert cases.add_posts(watching, ref, everything, why="abuse", by="Ada", role=Role.HEAD, now=NOW) == 5
    assert {each.reported_by for each in cases.read(watching, ref).file.exhibits} == {CANARY}

    out = capfd.readouterr()
    assert "collected" in out.out + out.err + caplog.text
    assert CANARY not in out.out + out.err + caplog.text
    files = {**bytes_of(watching.folder), **in_the_spool}
    assert any(b"the gates again" in content for content in files.values())
    for word in CANARY.split():
        assert [name for name, content in files.items() if word.casefold().encode() in content.lower()] == []
