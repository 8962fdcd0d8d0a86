"""What a link says by itself, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.links import LONGEST, bare, own_id, platform_of, web_link
from core.taxonomy import PLATFORMS


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        ("https://x.com/rowan_p/status/77", "https://x.com/rowan_p/status/77"),
        ("  x.com/rowan_p/status/77\n", "https://x.com/rowan_p/status/77"),
        ("www.facebook.com/groups/ferrymoor/posts/77/", "https://www.facebook.com/groups/ferrymoor/posts/77/"),
        ("HTTP://Ferrymoor.example/news", "HTTP://Ferrymoor.example/news"),
        ("ferrymoor.example/a?b=c#d", "https://ferrymoor.example/a?b=c#d"),
        ("https://ferrymoor.example:8443/a", "https://ferrymoor.example:8443/a"),
        ("https://ferrymoor.example/größe/🙂", "https://ferrymoor.example/größe/🙂"),
        ("https://ferrymoor.example/" + "a" * (LONGEST - 26), "https://ferrymoor.example/" + "a" * (LONGEST - 26)),
    ],
)
def test_a_link_is_taken_as_it_is_typed(typed: str, link: str) -> None:
    assert web_link(typed) == link


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " \n",
        "javascript:alert(1)",
        "JavaScript://x.com/%0aalert(1)",
        "java\tscript:alert(1)//x.com",
        "data:text/html,<b>x.com</b>",
        "file:///etc/hosts.txt",
        "ftp://ferrymoor.example/a",
        "mailto:ann@ferrymoor.example",
        "vbscript:x.com",
        "https://",
        "https:///x.com",
        "https://localhost/a",
        "somewhere on Facebook",
        "https://x.com/a b",
        "https://x.com/a\u00a0b",
        "https://x.com/a\nhttps://x.com/b",
        "https://[::1/a.b",
        "https://ferrymoor\u2100.example",
        "//",
        "Facebook",
    ],
)
def test_what_is_no_link_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(BadInput, match=r"^That is not a link to a web page\. Copy it from .*\.$"):
        web_link(typed)


def test_a_link_of_3_000_characters_is_refused() -> None:
    with pytest.raises(BadInput, match=r"longer than 2,000 characters\. Copy it again"):
        web_link("https://ferrymoor.example/" + "a" * 3_000)


@pytest.mark.parametrize(
    ("link", "platform"),
    [
        ("https://x.com/a/status/1", "x"),
        ("https://mobile.twitter.com/a/status/1", "x"),
        ("https://old.reddit.com/r/a/comments/b/", "reddit"),
        ("https://m.facebook.com/groups/a", "facebook"),
        ("https://en-gb.facebook.com/groups/a", "facebook"),
        ("https://fb.watch/a", "facebook"),
        ("https://vm.tiktok.com/a", "tiktok"),
        ("https://youtu.be/a", "youtube"),
        ("https://chat.whatsapp.com/a", "whatsapp"),
        ("https://uk.pinterest.com/a", "pinterest"),
        ("https://WWW.Instagram.COM./p/a", "instagram"),
        ("https://x.com:443/a", "x"),
        ("https://ferrymoor.example/x.com", None),
        ("https://notx.com/a", None),
        ("https://x.com.ferrymoor.example/a", None),
        ("https://x.com@ferrymoor.example/a", None),
    ],
)
def test_the_platform_is_the_one_it_leads_to(link: str, platform: str | None) -> None:
    assert platform_of(link) == platform
    assert platform is None or platform in PLATFORMS


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("https://x.com/rowan_p/status/1849372649201238800", "1849372649201238800"),
        ("https://x.com/rowan_p/status/1849372649201238800?s=20&t=abc", "1849372649201238800"),
        ("https://x.com/rowan_p/status/1849372649201238800/photo/1", "1849372649201238800"),
        ("https://mobile.twitter.com/rowan_p/statuses/18/", "18"),
        ("https://x.com/i/status/18", "18"),
        ("https://x.com/i/web/status/18", "18"),
        ("https://x.com/rowan_p", None),
        ("https://x.com/rowan_p/status/18x", None),
        ("https://x.com/rowan_p/status/१८", None),
        ("https://x.com/rowan_p/status/" + "1" * 21, None),
        ("https://www.reddit.com/r/ferrymoor/comments/1AbC2d/gates_again/", "t3_1abc2d"),
        ("https://old.reddit.com/r/ferrymoor/comments/1abc2d", "t3_1abc2d"),
        ("https://www.reddit.com/user/rowan_p/comments/1abc2d/gates_again", "t3_1abc2d"),
        ("https://www.reddit.com/r/ferrymoor/comments/1abc2d/gates_again/KX9z/?context=3", "t1_kx9z"),
        ("https://www.reddit.com/r/ferrymoor/", None),
        ("https://redd.it/1abc2d", None),
        ("https://ferrymoor.example/rowan_p/status/18", None),
        ("https://www.facebook.com/r/a/comments/1abc2d/b/", None),
    ],
)
def test_the_platform_s_own_id_is_read_where_the_link_holds_it(link: str, name: str | None) -> None:
    assert own_id(link) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.facebook.com/groups/a/posts/77/?mibextid=K8a", "http://m.facebook.com/groups/a/posts/77"),
        ("https://www.facebook.com/story.php?story_fbid=1&id=2&fbclid=x", "https://facebook.com/story.php?story_fbid=1&id=2"),
        ("https://www.instagram.com/p/AbC/?igsh=MTx", "https://instagram.com/p/AbC/#comments"),
        ("https://www.tiktok.com/@mia/video/7?_r=1&_t=8x&is_from_webapp=1&sender_device=pc", "https://tiktok.com/@mia/video/7"),
        ("https://youtu.be/AbC?si=xyz", "https://youtu.be/AbC"),
        ("https://Ferrymoor.example/a?utm_source=x&utm_medium=y", "https://ferrymoor.example/a"),
    ],
)
def test_links_that_lead_to_one_page_are_one(one: str, other: str) -> None:
    assert bare(one) == bare(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://ferrymoor.example/a", "https://ferrymoor.example/A"),
        ("https://youtube.com/watch?v=a", "https://youtube.com/watch?v=b"),
        ("https://facebook.com/story.php?story_fbid=1&id=2", "https://facebook.com/story.php?story_fbid=1&id=3"),
        ("https://ferrymoor.example/a", "https://saltby.example/a"),
        ("https://ferrymoor.example/a?b=1%262", "https://ferrymoor.example/a?b=1&2=3"),
    ],
)
def test_links_that_lead_to_two_pages_are_two(one: str, other: str) -> None:
    assert bare(one) != bare(other)


_FRONTS = st.sampled_from(
    ("", "https://", "http://", "HTTPS://www.", "x.com/", "https://reddit.com/r/a/comments/", "https://[", "javascript:", "//")
)
_REST = st.text(st.characters(exclude_categories=()), max_size=40) | st.text("ax1.:/?#[]@&=%;\\ \t\x00\ud800é", max_size=40)


@given(front=_FRONTS, rest=_REST)
def test_whatever_is_typed_is_a_link_or_is_refused(front: str, rest: str) -> None:
    try:
        link = web_link(front + rest)
    except BadInput as refusal:
        assert str(refusal).endswith(".")
        return
    assert link.lower().startswith(("http://", "https://"))
    assert web_link(link) == link
    assert platform_of(link) in {None, *PLATFORMS}
    assert own_id(link) is None or platform_of(link) in ("x", "reddit")
    bare(link).encode()


_NAMES = st.text("abcXYZ019-_%~é", min_size=1, max_size=8)
_TOLD = st.lists(st.tuples(st.sampled_from(("v", "id", "p", "story_fbid", "tab")), _NAMES), max_size=3)
_TRACKED = st.lists(
    st.tuples(
        st.sampled_from(("utm_source", "utm_x", "fbclid", "gclid", "igsh", "igshid", "mibextid", "si", "s", "t")), _NAMES
    ),
    max_size=4,
)


@given(
    path=st.lists(_NAMES, max_size=3), told=_TOLD, tracked=_TRACKED, at=st.integers(0, 3), end=st.sampled_from(("", "/", "#a"))
)
def test_what_tracks_who_shared_it_changes_nothing(
    path: list[str], told: list[tuple[str, str]], tracked: list[tuple[str, str]], at: int, end: str
) -> None:
    page = "ferrymoor.example/" + "/".join(path)

    def link(front: str, pairs: list[tuple[str, str]], end: str = "") -> str:
        query = "&".join(f"{name}={value}" for name, value in pairs)
        return front + page + ("?" + query if query else "") + (end if end == "#a" or not query else "")

    plain = bare(link("https://", told))
    assert bare(link("http://www.", [*told[:at], *tracked, *told[at:]], end)) == plain
    assert bare(f"https://{plain}") == plain
