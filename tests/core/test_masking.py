"""Names and contact details leave a text, and its sense stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.masking import MASK, masker

mask = masker(
    {"grove_truth", "al", "1849372649201238800", "https://x.example/grove_truth/status/1849372649201238800"},
    shown_names={"Dan Whitlow 🏫", "Grove Primary School"},
    public="Grove Primary School, Dewsthorpe",
)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Lovely concert at Grove tonight, well done Year 9", "Lovely concert at Grove tonight, well done Year 9"),
        ("as @grove_truth said", "as @▇▇▇ said"),
        ("GROVE_TRUTH2 is back", "▇▇▇2 is back"),
        ("al knows, although he will not say", "▇▇▇ knows, although he will not say"),
        ("dan whitlow lied. Whitlow lied. Dan!", "▇▇▇ lied. ▇▇▇ lied. ▇▇▇!"),
        ("D\u200ban Whit\u200dlow", "▇▇▇"),
        ("dan\twhitlow, dan\r\nwhitlow, Whitlow\u2028", "▇▇▇, ▇▇▇, ▇▇▇ "),
        ("Grove Primary School is shut", "Grove Primary School is shut"),
        ("Mr Smith and mrs. o'neill and Miss Jones-Lee Carter", "Mr ▇▇▇ and mrs. ▇▇▇ and Miss ▇▇▇"),
        ("I miss school, sir says no", "I miss school, sir says no"),
        ("ring 07700 900123 or +44 (0)1632 960-001", "ring ▇▇▇ or ▇▇▇"),
        ("write to j.bloggs+x@mail.example.co.uk now", "write to ▇▇▇ now"),
        ("we live at LS1 4AP, ls14ap", "we live at ▇▇▇, ▇▇▇"),
        ("see https://a.example/jo?x=1 and a.example/jo", "see ▇▇▇ and ▇▇▇"),
        ("@someone_else @user@server.example", "▇▇▇ @▇▇▇"),
        ("on 10/10/2026 at 16:15, 1,204 of us", "on 10/10/2026 at 16:15, 1,204 of us"),
        ("👩‍👩‍👧 loved it", "👩‍👩‍👧 loved it"),
    ],
)
def test_a_text_reads(text: str, masked: str) -> None:
    assert mask(text) == masked


handles = st.text("abcdefghijklmnopqrstuvwxyz0123456789_.=('\"\\[*", min_size=5, max_size=20)


@settings(max_examples=500, deadline=None)
@given(handle=handles, before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_known_handle_is_never_left(handle: str, before: str, after: str) -> None:
    masked = masker({handle})(f"{before}{handle}{after}{handle.upper()}")
    assert handle not in masked
    assert MASK in masked


@settings(max_examples=500, deadline=None)
@given(st.text(st.sampled_from("aB1@. -/mrMr07LS⟦\u200b\n▇")) | st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize("unit", ["a", "1", "a.", "@", "mr ", "a-", "Mr A'b", "(1", " ", "https://", "A1A1"])
def test_a_long_hostile_text_comes_back(unit: str) -> None:
    assert mask(unit * 25_000) is not None
