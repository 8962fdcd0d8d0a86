"""Text out of HTML."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.markup import plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("no mark-up", "no mark-up"),
        ("<p>One</p><p>Two <b>bo</b>ld</p>", "One\nTwo bold"),
        ("One<br/>Two<BR>Three", "One\nTwo\nThree"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("Fish &amp; chips &pound;5 &#8211; &lt;b&gt;", "Fish & chips £5 – <b>"),
        ("a<script>alert(1)</script>b<style>p{}</style>c<!-- <p>no</p> -->d", "abcd"),
        ("a<SCRIPT src=x>evil", "a"),
        ("before<!-- never closed <p>x</p>", "before"),
        ("<img src=x onerror=alert(1)>seen<a href='javascript:x'>link</a>", "seenlink"),
        ("3 < 5 and 7 > 5, I <3 you", "3 < 5 and 7 > 5, I <3 you"),
        ("  many \n\t spaces ", "many\nspaces"),
    ],
)
def test_what_a_reader_sees(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_what_was_escaped_is_read_as_it_was(text: str) -> None:
    lines = (" ".join(line.split()) for line in text.splitlines())
    assert plain_text(html.escape(text)) == "\n".join(line for line in lines if line)


@given(st.text(st.sampled_from("<>/!-ab &;\"'#scriptyle\n"), max_size=200))
def test_lines_are_tidy_whatever_comes(markup: str) -> None:
    text = plain_text(markup)
    assert all(line and line == " ".join(line.split()) for line in text.splitlines())


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<a ", "</", "<script>", '<a b="', "&", "<p", "<![CDATA[", "<script></script", "<?"]
)
def test_markup_made_to_keep_us_busy_is_read_at_once(piece: str) -> None:
    """A quadratic pattern would need hours for this megabyte: the test's own time limit is the assertion."""
    assert len(plain_text(piece * (1_000_000 // len(piece)))) <= 1_000_000
