"""Threads copied off a screen, split into their posts."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.pasted_threads import MOST, MOST_PIECES, Piece, split
from core.errors import BadInput
from core.taxonomy import PLATFORMS
from core.text import storable, words

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Row = tuple[str | None, str, str | None, int | None]


def _rows(pieces: list[Piece]) -> list[Row]:
    """Author, text, time and likes."""
    return [(piece.author, piece.text, _minute(piece.created_at), piece.likes) for piece in pieces]


def _minute(moment: datetime | None) -> str | None:
    assert moment is None or moment.tzinfo is UTC
    return f"{moment:%Y-%m-%d %H:%M}" if moment else None


def _layouts(pieces: list[Piece]) -> set[str | None]:
    return {piece.layout for piece in pieces}


# WhatsApp


def test_a_chat_exported_on_android() -> None:
    pieces = split(
        "12/03/2026, 17:58 - Messages and calls are end-to-end encrypted. No one outside of this chat can read them.\n"
        "12/03/2026, 17:58 - Priya Shah created group “Brackenhurst Y7: parents”\n"
        "12/03/2026, 17:59 - Priya Shah added you\n"
        "12/03/2026, 18:04 - Priya Shah: Has anyone heard about the trip?\n"
        "It says: bring a coat.\n"
        "\n"
        "And a packed lunch\n"
        "12/07/2026, 18:05 - +44 7700 900123: Not yet\n"
        "12/07/2026, 18:06 - Tom B: <Media omitted>\n"
        "12/07/2026, 18:06 - Tom B: This message was deleted\n"
        "12/07/2026, 18:07 - Tom B: IMG-20260712-WA0001.jpg (file attached)\n"
        "The letter\n"
        "12/07/2026, 18:08 - Tom B: ok then <This message was edited>\n"
        "12/07/2026, 18:09 - Tom B changed the subject from “Y7: old” to “Y7: new”\n"
        "12/07/2026, 18:09 - Tom B left\n",
        NOW,
    )
    assert _layouts(pieces) == {"whatsapp"}
    assert _rows(pieces) == [
        (
            "Priya Shah",
            "Has anyone heard about the trip?\nIt says: bring a coat.\n\nAnd a packed lunch",
            "2026-03-12 18:04",
            None,
        ),
        ("+44 7700 900123", "Not yet", "2026-07-12 17:05", None),
        ("Tom B", "The letter", "2026-07-12 17:07", None),
        ("Tom B", "ok then", "2026-07-12 17:08", None),
    ]


def test_a_chat_exported_on_ios_with_its_invisible_marks() -> None:
    pieces = split(
        "\u200e[12/03/2026, 6:04:11\u202fPM] Brackenhurst Y7: \u200eMessages and calls are end-to-end encrypted.\r\n"
        "[12/03/2026, 6:04:12\u202fPM] ~\u202fPriya: \u200eHello @\u2068Tom B\u2069\r\n"
        "\u200e[12/03/2026, 6:05:00\u202fPM] Tom B: \u200eimage omitted\r\n"
        "\u200e[12/03/2026, 6:05:30\u202fPM] \u202aTom B\u202c: on the gate \u200eimage omitted\r\n"
        "[12/03/2026, 12:06:00\u202fAM] Tom B: \u200e<attached: 00001-PHOTO.jpg>\r\nSee the photo\r\n"
        "[12/03/2026, 12:07:00\u202fa.m.] Tom B: 👩‍👧\u200e <This message was edited>",
        NOW,
    )
    assert _rows(pieces) == [
        ("Priya", "Hello @Tom B", "2026-03-12 18:04", None),
        ("Tom B", "on the gate", "2026-03-12 18:05", None),
        ("Tom B", "See the photo", "2026-03-12 00:06", None),
        ("Tom B", "👩‍👧", "2026-03-12 00:07", None),
    ]


@pytest.mark.parametrize(
    ("first", "second", "times"),
    [
        ("[18:04, 12/03/2026] ", "[18:05, 13/03/2026] ", ["2026-03-12 18:04", "2026-03-13 18:05"]),
        ("[12/03, 6:04 pm] ", "[25/12, 18:05] ", ["2026-03-12 18:04", "2025-12-25 18:05"]),
        ("12/03/26, 18:04 - ", "13/03/26, 18:05 – ", ["2026-03-12 18:04", "2026-03-13 18:05"]),
        ("3/12/26, 6:04 PM - ", "3/13/26, 6:05 PM - ", ["2026-03-12 18:04", "2026-03-13 18:05"]),
        ("2026-03-12, 18.04 - ", "2026-03-13, 18.05 - ", ["2026-03-12 18:04", "2026-03-13 18:05"]),
        ("20/11/2026, 12:00 - ", "20/11/2026, 12:01 - ", ["2026-11-20 12:00", None]),
        ("[31/02/2026, 18:04:11] ", "[12/03/2026, 25:04:11] ", [None, None]),
    ],
)
@pytest.mark.parametrize("platform", [None, "facebook", "whatsapp", "nowhere"])
def test_the_stamps_of_chats(first: str, second: str, times: list[str | None], platform: str | None) -> None:
    pieces = split(f"{first}Priya: one\n{second}Tom: two", NOW, platform)
    assert [(piece.author, piece.text, piece.layout) for piece in pieces] == [
        ("Priya", "one", "whatsapp"),
        ("Tom", "two", "whatsapp"),
    ]
    assert [_minute(piece.created_at) for piece in pieces] == times


def test_the_end_of_a_message_above_the_first_stamp_is_kept() -> None:
    pieces = split("at the gate\n[18:04, 12/03/2026] Priya: one\n[18:05, 12/03/2026] Tom: two", NOW)
    assert [(piece.author, piece.text) for piece in pieces] == [(None, "at the gate"), ("Priya", "one"), ("Tom", "two")]


def test_a_chat_in_which_somebody_pasted_comments_stays_a_chat() -> None:
    quoted = "Jane Doe\nNo coats again\nLike · Reply · 2 h\nSam Lee\nSame here\nLike · Reply · 3 h"
    pieces = split(f"[18:04, 12/03/2026] Priya: Look:\n{quoted}\n[18:05, 12/03/2026] Tom: Oh", NOW, "facebook")
    assert [piece.text for piece in pieces] == [f"Look:\n{quoted}", "Oh"]


# Facebook


def test_a_post_and_its_comments_copied_from_facebook() -> None:
    pieces = split(
        "Oakfield Academy\n12 March at 18:04 · \nCome to our open day.\nAll reactions:\n45\n45\n12 comments\n3 shares\n"
        "Like\nComment\nShare\nMost relevant\n"
        "Author\nOakfield Academy\nDoors open at nine.\n\nAll welcome\nLike\nReply\n2h\nEdited\n12\nView 4 more replies\n"
        "Jane Doe\nGreat\nschool\n · \nLike\n · \nReply\n · 3d\n"
        "Top fan\nPriya S\n12\n2 h\nLike\nReply\nJane Doe replied\n · \n2 replies\n"
        "Sam Lee\nLike · Reply · 2 h\n"
        "Tom\nBest head ever\nSee more\nLike · Reply · 1 w · Edited · 1.2K\n"
        "Following Jane\nFollow\nLikeReply5m\n"
        "Mum of 3!\nTop fan\n · Follow\n😂😂\nLike\nReply\nYesterday at 18:04\nWrite a comment…\nJane Doe is typing",
        NOW,
    )
    assert _layouts(pieces) == {"facebook"}
    assert _rows(pieces) == [
        ("Oakfield Academy", "Come to our open day.", "2026-03-12 18:04", None),
        ("Oakfield Academy", "Doors open at nine.\n\nAll welcome", "2026-11-20 10:00", 12),
        ("Jane Doe", "Great\nschool", "2026-11-17 12:00", None),
        ("Priya S", "12", "2026-11-20 10:00", None),
        ("Tom", "Best head ever", "2026-11-13 12:00", 1200),
        ("Following Jane", "Follow", "2026-11-20 11:55", None),
        ("Mum of 3!", "😂😂", "2026-11-19 18:04", None),
        (None, "Jane Doe is typing", None, None),
    ]


def test_a_sentence_where_a_first_name_should_stand_is_text() -> None:
    pieces = split("and that is why we left the school\nLike\nReply\n2h\nTom\nSorry\nLike\nReply\n1h", NOW)
    assert [(piece.author, piece.text) for piece in pieces] == [
        (None, "and that is why we left the school"),
        ("Tom", "Sorry"),
    ]


# TikTok


def test_comments_copied_from_tiktok() -> None:
    pieces = split(
        "123 comments\n🦋mia🦋\nlove this school\n3d ago\nReply\n123\nView 5 replies\n"
        "user8273645\n · Creator\nthanks\nx\n2-14\n12\nReply\nLiked by creator\n"
        "just a mum trying her best\n12\n1wReply\n"
        "Tom · Creator\n😂\n2025-12-24 Reply 1.5K\nView 1 more\nHide",
        NOW,
    )
    assert _layouts(pieces) == {"tiktok"}
    assert _rows(pieces) == [
        ("🦋mia🦋", "love this school", "2026-11-17 12:00", 123),
        ("user8273645", "thanks\nx", "2026-02-14 12:00", 12),
        ("just a mum trying her best", "12", "2026-11-13 12:00", None),
        ("Tom", "😂", "2025-12-24 12:00", 1500),
    ]


@pytest.mark.parametrize(("platform", "layout"), [(None, "tiktok"), ("tiktok", "tiktok"), ("instagram", None)])
def test_what_other_sites_show_too_is_tiktok_only_where_nobody_says_otherwise(platform: str | None, layout: str | None) -> None:
    assert _layouts(split("mia\nlove it\n2h\nReply\ntom\nme too\n1w\nReply", NOW, platform)) == {layout}


def test_what_tiktok_alone_shows_is_tiktok_whatever_is_said() -> None:
    assert _layouts(split("mia\nlove it\n2h ago\nReply\ntom\nme too\n1w ago\nReply", NOW, "instagram")) == {"tiktok"}


# Reddit


def test_a_thread_copied_from_the_new_reddit() -> None:
    pieces = split(
        "Skip to main content\nr/Brackenhurst\n•\n5h ago\nhead_teacher_9\n\nIs the school closed?\nSnow again.\n\n"
        "Upvote\n45\n\nDownvote\n\n12\nGo to comments\n\nShare\n"
        "u/snowy_parent avatar\nsnowy_parent\n•\n3h ago\nYes it is.\n12\n\n"
        "Upvote\n7\nDownvote\n\nReply\nreply\n\nAward\n\nShare\nShare\n"
        "jen-b\nOP\n•\n2h ago\n•\nEdited 1h ago\nThanks\nUpvote\n-3\nDownvote\nReply\nAward\nShare\n"
        "quiet_one\nParent of two\nTop 1% Commenter\n•\n1h ago\nSame\nUpvote 2 Downvote Reply Award Share\n"
        "u/[deleted]\n•\n1mo ago\nComment deleted by user\nUpvote 12 Downvote Reply Award Share\n"
        "tom_h • 2y ago\nShut in 2024 too\nUpvote 1.2k Downvote 3 Reply Award Share\nContinue this thread\n"
        "More posts you may like",
        NOW,
    )
    assert _layouts(pieces) == {"reddit"}
    assert _rows(pieces) == [
        ("head_teacher_9", "Is the school closed?\nSnow again.", "2026-11-20 07:00", 45),
        ("snowy_parent", "Yes it is.\n12", "2026-11-20 09:00", 7),
        ("jen-b", "Thanks", "2026-11-20 10:00", None),
        ("quiet_one", "Same", "2026-11-20 11:00", 2),
        ("tom_h", "Shut in 2024 too", "2024-11-20 12:00", 1200),
        (None, "More posts you may like", None, None),
    ]


def test_a_thread_copied_from_the_old_reddit() -> None:
    pieces = split(
        "Is Brackenhurst closed? (self.brackenhurst)\nsubmitted 5 hours ago by snowy_parent\n\nSnow again.\n\n"
        "2 comments\nshare\nsave\nhide\nreport\n"
        "[–]alice 1 point 2 months ago \ntop comment\n\npermalinkembedsavereportreply\n"
        "[–]bob_t[S] 12 points 3 hours ago* (1 child)\nsecond\npermalink embed save parent report give award reply\n"
        "[–]vie_lever\n\n[S] [score hidden] 1 hour ago\nthird\n\n\nline\n"
        "[–][deleted] 2 days ago\n[removed]\nload more comments (3 replies)",
        NOW,
    )
    assert _rows(pieces) == [
        ("snowy_parent", "Is Brackenhurst closed? (self.brackenhurst)\n\nSnow again.", "2026-11-20 07:00", None),
        ("alice", "top comment", "2026-09-20 11:00", 1),
        ("bob_t", "second", "2026-11-20 09:00", 12),
        ("vie_lever", "third\n\n\nline", "2026-11-20 11:00", None),
    ]


def test_a_thread_copied_from_the_reddit_between() -> None:
    pieces = split(
        "level 1\nalice_b\n·\n3 hr. ago\nText one\n\n12\n\nReply\nShare\nReport\nSave\nFollow\n"
        "level 2\nbob\nParent\n·\n1 day ago\nText two\nVote\nReply\nShare\n"
        "level 2\ncarol99\n3 points · 2 hours ago\nText three",
        NOW,
    )
    assert _rows(pieces) == [
        ("alice_b", "Text one", "2026-11-20 09:00", 12),
        ("bob", "Text two", "2026-11-19 12:00", None),
        ("carol99", "Text three", "2026-11-20 10:00", 3),
    ]


def test_a_thread_copied_from_the_app() -> None:
    pieces = split("u/alice_b · 3h\nText one\n12\nReply\nu/bob\n2d ago\nText two", NOW)
    assert _rows(pieces) == [
        ("alice_b", "Text one", "2026-11-20 09:00", 12),
        ("bob", "Text two", "2026-11-18 12:00", None),
    ]


# Ages


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        ("Just now", "2026-11-20 12:00"),
        ("45s", "2026-11-20 11:59"),
        ("5 min", "2026-11-20 11:55"),
        ("an hour ago", "2026-11-20 11:00"),
        ("23 hrs", "2026-11-19 13:00"),
        ("1d", "2026-11-19 12:00"),
        ("30 w", "2026-04-24 11:00"),  # noon of summer time
        ("9 months ago", "2026-02-20 12:00"),
        ("1y", "2025-11-20 12:00"),
        ("Yesterday", "2026-11-19 12:00"),
        ("Yesterday at 6:04 PM", "2026-11-19 18:04"),
        ("Today at 11:30", "2026-11-20 11:30"),
        ("Today at 12:30", None),
        ("Monday at 18:04", "2026-11-16 18:04"),
        ("Fri at 09:00", "2026-11-20 09:00"),
        ("12 March at 18:04", "2026-03-12 18:04"),
        ("12 July at 18:04", "2026-07-12 17:04"),
        ("25 December", "2025-12-25 12:00"),
        ("March 12, 2024", "2024-03-12 12:00"),
        ("12/03/2024", "2024-03-12 12:00"),
        ("20 November", "2026-11-20 12:00"),
        ("31 February 2024", None),
        ("Today at 29:99", None),
        ("1 January 1970", None),
        ("9999y", None),
        ("9999 weeks ago", None),
        ("9999 months ago", None),
    ],
)
def test_ages_are_counted_back_from_now(stated: str, moment: str | None) -> None:
    pieces = split(f"Jane Doe\none\nLike\nReply\n{stated}\nTom Lee\ntwo\nLike\nReply\n{stated}", NOW)
    assert [piece.text for piece in pieces] == ["one", "two"]
    assert {_minute(piece.created_at) for piece in pieces} == {moment}


def test_the_last_day_of_a_shorter_month() -> None:
    pieces = split("mia\none\n1mo ago\nReply\ntom\ntwo\n1mo ago\nReply", datetime(2026, 3, 31, 12, tzinfo=UTC))
    assert {_minute(piece.created_at) for piece in pieces} == {"2026-02-28 12:00"}


# What stays whole


@pytest.mark.parametrize(
    "pasted",
    [
        "Just a comment.",
        "😂😂",
        "12/03/2026, 18:04 - Priya: one message\nwith a second line",
        "Jane Doe\nGreat school\nLike\nReply\n2h",
        "name_one\n•\n3h ago\nOnly one",
        "To do:\nLike the post\nReply to Tom\n2h",
        "Open day\n12/03/2026, 18:04\nParents’ evening\n13/03/2026, 18:04",
        "12/03/2026, 18:04 - Tom left\n12/03/2026, 18:05 - Sam left",
        "12/03/2026, 18:04 - Tom: <Media omitted>\n12/03/2026, 18:05 - Sam: <Media omitted>",
        "Bin strike\nReuters · 3h ago\nSchool shut\nGuardian · 5h ago\nmore",
        "Jane\n@jane\n·\n3h\nhello\nTom\n@tom\n·\n4h\nhello",
        "Jane Doe\nGreat\n2h\n3 likes\nReply\nTom Lee\nYes\n1h\n1 like\nReply",
        "I <3 you, see <b>this</b>",
        "<div><br>",
        "<p></p>",
    ],
)
@pytest.mark.parametrize("platform", [None, "web"])
def test_what_is_not_plainly_a_thread_stays_one_piece(pasted: str, platform: str | None) -> None:
    assert split(f" \n{pasted}\n ", NOW, platform) == [Piece(text=pasted)]


def test_the_source_of_a_page_is_read_as_a_reader_sees_it() -> None:
    assert split("<div><p>Snow &amp; ice</p><script>x</script><p>again</p></div>", NOW) == [Piece(text="Snow & ice\nagain")]
    thread = "<ul><li>Jane Doe<br>Hello<br>Like · Reply · 2h</li><li>Tom<br>Me &amp; you<br>Like · Reply · 3d</li></ul>"
    assert [(piece.author, piece.text) for piece in split(thread, NOW)] == [("Jane Doe", "Hello"), ("Tom", "Me & you")]


@pytest.mark.parametrize("pasted", ["", " ", "\n\t\u00a0\u202f\r\n"])
def test_nothing_is_refused(pasted: str) -> None:
    with pytest.raises(BadInput, match=r"^Nothing was pasted\. "):
        split(pasted, NOW)


def test_too_much_is_refused() -> None:
    assert split("x" * MOST, NOW) == [Piece(text="x" * MOST)]
    with pytest.raises(BadInput, match=r"^200,001 characters .* import it as a file\.$"):
        split("x" * (MOST + 1), NOW)
    with pytest.raises(BadInput, match=r"2,501 posts, .* import it as a file\.$"):
        split("12/03/2026, 18:04 - Priya: hello\n" * (MOST_PIECES + 1), NOW)


def test_what_no_database_can_hold_is_replaced() -> None:
    assert split("a\x00b\ud800", NOW) == [Piece(text="a\ufffdb\ufffd")]
    pieces = split("[18:04, 12/03/2026] Pri\x00: one\ud800\n[18:05, 12/03/2026] Tom: two", NOW)
    assert [(piece.author, piece.text) for piece in pieces] == [("Pri\ufffd", "one\ufffd"), ("Tom", "two")]


# Whatever comes


def _whatsapp(author: str, text: str, number: int) -> str:
    return (f"12/03/2026, 18:{number % 60:02} - ", f"[12/03/2026, 6:04:{number % 60:02}\u202fpm] ")[
        number % 2
    ] + f"{author}: {text}"


def _facebook(author: str, text: str, number: int) -> str:
    feet = ("Like\nReply\n2h", "Like · Reply · 2 h · Edited", "Like\n · \nReply\n · 3d\n12", "2h\nLike\nReply\nView 2 replies")
    return f"{author}\n{text}\n{feet[number % len(feet)]}"


def _tiktok(author: str, text: str, number: int) -> str:
    feet = ("3d ago\nReply\n12", "2-14\n12\nReply\nView 5 replies", "1w\nReply", "3d ago Reply\nLiked by creator")
    return f"{author}\n{text}\n{feet[number % len(feet)]}"


def _new_reddit(author: str, text: str, number: int) -> str:
    heads = (
        f"{author}\n•\n3h ago",
        f"u/{author} avatar\n{author}\nOP\n•\n3h ago",
        f"{author} • 3h ago",
        f"u/{author}\n•\n2y ago",
    )
    feet = ("Upvote\n12\nDownvote\nReply\nAward\nShare", "Upvote 12 Downvote Reply Award Share", "Upvote\nDownvote\n\nReply")
    return f"{heads[number % len(heads)]}\n{text}\n{feet[number % len(feet)]}"


def _old_reddit(author: str, text: str, number: int) -> str:
    heads = (f"[–]{author} 12 points 3 hours ago", f"[–]{author}[S] 1 point 1 day ago* (2 children)")
    return f"{heads[number % 2]}\n{text}\npermalinkembedsavereportreply"


_LAYOUTS: dict[str, Callable[[str, str, int], str]] = {
    "whatsapp": _whatsapp,
    "facebook": _facebook,
    "tiktok": _tiktok,
    "reddit": _new_reddit,
    "reddit, old": _old_reddit,
}
_LINES = st.one_of(
    st.lists(st.sampled_from(("the", "Head", "said:", "gate,", "2", "😂", "12:30", "(no)", "school…", "[a]")), min_size=2).map(
        " ".join
    ),
    st.sampled_from(("12", "😂😂", "Following", "Same.", "Like it", "3 days", "Reply to me", "no - yes", "St Mary’s")),
)
_TEXTS = st.lists(_LINES, min_size=1, max_size=4).flatmap(
    lambda lines: st.sampled_from(("\n", "\n\n")).map(lambda gap: gap.join(lines))
)
_AUTHORS = st.sampled_from(("priya_s", "tom-b99", "Brackenhurst", "sam_lee_2", "jen"))


@pytest.mark.parametrize("layout", _LAYOUTS)
@given(
    posts=st.lists(st.tuples(_AUTHORS, _TEXTS, st.integers(0, 60)), min_size=2, max_size=12),
    platform=st.sampled_from((None, *PLATFORMS)),
)
def test_every_thread_is_split_into_what_was_written(
    layout: str, posts: list[tuple[str, str, int]], platform: str | None
) -> None:
    name = layout.partition(",")[0]
    # Where nobody writes what TikTok alone shows, and another site is named, it stays whole.
    platform = name if name == "tiktok" else platform
    pieces = split("\n".join(_LAYOUTS[layout](*post) for post in posts), NOW, platform)
    assert [(piece.author, piece.text) for piece in pieces] == [(author, text) for author, text, _ in posts]
    assert _layouts(pieces) == {name}
    assert all(piece.created_at and piece.created_at <= NOW for piece in pieces)


@pytest.mark.parametrize("layout", _LAYOUTS)
def test_two_thousand_comments_are_two_thousand_pieces(layout: str) -> None:
    thread = "\n".join(_LAYOUTS[layout](f"user_{number}", f"comment {number}", number) for number in range(2000))
    pieces = split(thread, NOW)
    assert [piece.text for piece in pieces] == [f"comment {number}" for number in range(2000)]


_SIGNS = st.sampled_from(
    (
        *(
            "Jane Doe",
            "jane_d",
            "u/jane_d",
            "r/Brackenhurst",
            "Like",
            "Reply",
            "Like · Reply · 2 h",
            "2h",
            "3d ago",
            "2-14",
            "•",
            "·",
        ),
        *(
            "12",
            "Upvote",
            "Downvote",
            "Share",
            "Vote",
            "OP",
            "Author",
            "level 1",
            "Most relevant",
            "View 2 replies",
            "See more",
        ),
        *(
            "[–]jane_d 2 points 1 day ago",
            "[–]jane_d",
            "[S] 1 point 1 hour ago",
            "permalinkembedsave",
            "Edited",
            "Edited 1h ago",
        ),
        *("12/03/2026, 18:04 - Tom: hi", "[12/03, 6:04 pm] Tom: <Media omitted>", "12/03/2026, 18:04 - Tom left", "3dReply"),
        *(
            "\u200e[12/03/2026, 18:04:11] Tom: \u200eimage omitted",
            "jane_d • 3h ago",
            "words of somebody",
            "",
            "Comment",
            "All reactions:",
        ),
    )
)


@given(
    st.one_of(st.text(), st.lists(st.one_of(_SIGNS, st.text(max_size=8)), max_size=40).map("\n".join)),
    st.sampled_from((None, *PLATFORMS)),
)
def test_whatever_is_pasted_keeps_its_words_in_their_order(pasted: str, platform: str | None) -> None:
    if not storable(pasted).strip():
        with pytest.raises(BadInput):
            split(pasted, NOW, platform)
        return
    pieces = split(pasted, NOW, platform)
    if pieces[0].layout is None:
        assert pieces == [Piece(text=storable(pasted).strip())]
    else:
        assert _are_among([word for piece in pieces for word in words(piece.text)], iter(words(storable(pasted))))
    assert all(piece.text == piece.text.strip() != "" for piece in pieces)


def _are_among(some: list[str], all_: Iterator[str]) -> bool:
    """Whether these words stand among all, in this order."""
    return all(word in all_ for word in some)


@pytest.mark.parametrize(
    "part",
    [
        *(
            ":",
            "1",
            "[",
            "·",
            "\n",
            "·\n",
            "1\n",
            "\u200e",
            "<p ",
            "<div>",
            "[12/03/2026, ",
            "12/03/2026, 18:04 - ",
            "[–]a\n",
            "points ",
        ),
        *(
            "Like\n",
            "Reply\n",
            "2h\n",
            "Edited\n",
            "3d\nLiked by creator\n",
            "•\n3h\n",
            "abc\n•\n3h\n",
            "Upvote\n",
            "level 1\n",
        ),
        *("u/abc avatar\n", "All reactions:\n", "Author\n", "permalinksave", "See more\n", "12/03/2026, 18:04 - a\n", "• 2"),
    ],
)
def test_what_is_made_to_keep_us_busy_is_read_at_once(part: str) -> None:
    """A pattern that reads anything twice would need hours: the test's own time limit is the assertion."""
    comments, chat = "Jane\nLike\nReply\n2h\nTom\nhi\nLike\nReply\n3d", "[1/1/26, 1:00] a: b\n[1/1/26, 1:00] a: b"
    hostile = part * ((MOST - 200) // len(part))
    try:
        assert split(f"Jane\n{hostile}\n{comments}\n{chat}", NOW)
    except BadInput as problem:
        assert "posts" in str(problem)
