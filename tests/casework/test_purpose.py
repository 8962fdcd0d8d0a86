"""Why a school looks: who may sign what, what is asked before, and the page on one sheet of paper."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from casework import purpose
from casework.limits import LIMITS
from casework.purpose import BASES, NOT_SIGNED, SUGGESTED, Statement, lawful
from collectors.base import Collector, discover
from core.errors import BadInput
from core.taxonomy import Role
from core.types import Batch, Json, Post, Query, Raw
from store import purposes
from store.engine import reading
from store.purposes import SignedPurpose
from store.store import Store

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOSTILE = '<script>alert("1")</script>{0}{table}</td>&amp;'
FACTS: dict[str, Any] = {
    "controller": "Skarnby Learning Trust",
    "purpose": SUGGESTED,
    "basis": "public_task",
    "days": 30,
    "notice": "https://skarnby.example/listening",
    "signed_by": "Ada Marsh",
}


def _newest(store: Store) -> SignedPurpose | None:
    with reading(store.engine) as connection:
        return purposes.newest(connection)


def _signed(store: Store, **facts: Any) -> SignedPurpose:
    purpose.sign(store, Statement(**{**FACTS, **facts}), by="Ada", role=Role.HEAD, now=NOW)
    found = _newest(store)
    assert found is not None
    return found


@pytest.mark.parametrize("role", list(Role))
def test_only_who_answers_for_the_school_may_sign(tmp_store: Store, role: Role) -> None:
    if role in (Role.HEAD, Role.DATA_PROTECTION):
        purpose.sign(tmp_store, Statement(**FACTS), by="Ada", role=role, now=NOW)
        assert _newest(tmp_store) == SignedPurpose(at=NOW, by="Ada", role=role, statement={**FACTS, "assessment": ""})
    else:
        with pytest.raises(BadInput, match=r"^This is signed by: Headteacher, Data protection"):
            purpose.sign(tmp_store, Statement(**FACTS), by="Ada", role=role, now=NOW)
        assert _newest(tmp_store) is None


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"controller": " \n"}, "The page does not say who is responsible. Fill it in."),
        ({"purpose": ""}, "The page does not say what it is for. Fill it in."),
        ({"signed_by": "\t"}, "The page does not say who signs. Fill it in."),
        ({"basis": ""}, "“” is no lawful basis for this. Choose one of: public_task, "),
        ({"basis": "consent"}, "“consent” is no lawful basis for this. Choose one of: public_task, "),
        ({"days": 0}, "Posts may be kept for 1 to 30 days, not 0."),
        ({"days": 31}, "Posts may be kept for 1 to 30 days, not 31."),
        ({"days": -7}, "Posts may be kept for 1 to 30 days, not -7."),
        *(
            ({"notice": notice}, "Say where people are told of this: a web address (https://…) or an e-mail address.")
            for notice in ("", "our website", "skarnby.example", "https://skarnby", "javascript:alert(1)", "ada@skarnby")
        ),
        ({"notice": "https://skarnby.example/a b"}, "Say where people are told of this"),
    ],
)
def test_a_page_with_something_missing_or_impossible_is_not_made(facts: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput) as told:
        Statement(**{**FACTS, **facts})
    assert str(told.value).startswith(says)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("notice", ["http://a.example", " https://skarnby.example/privacy?x=1 ", "office@skarnby.example"])
@pytest.mark.parametrize("days", [1, 30])
def test_every_basis_a_day_or_thirty_a_page_or_a_mailbox_will_do(basis: str, notice: str, days: int) -> None:
    assert Statement(**{**FACTS, "basis": basis, "notice": notice, "days": days}).days == days


def test_signed_anew_the_newest_counts(tmp_store: Store) -> None:
    _signed(tmp_store)
    assert _signed(tmp_store, days=14, assessment="S drive").statement == {**FACTS, "days": 14, "assessment": "S drive"}


class Asking(Collector):
    """A source that asks somebody."""

    name, label = "asking", "Asking"

    def ready(self) -> None:
        """Always."""

    def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
        """Nothing."""
        yield Batch()

    @staticmethod
    def to_post(raw: Raw) -> Post:
        """None."""
        raise NotImplementedError


class OurOwn(Asking):
    """One that reads what lies here."""

    asks_others = False


def test_before_it_is_signed_no_source_that_asks_others_is_ready(tmp_store: Store) -> None:
    asking, ours = Asking(), OurOwn()
    sources: dict[str, tuple[Collector | None, str | None]] = {
        "asking": (asking, None),
        "ours": (ours, None),
        "lacking": (None, "It needs a token."),
    }
    assert lawful(sources, None) == {**sources, "asking": (None, NOT_SIGNED)}
    assert lawful(sources, _signed(tmp_store)) == sources


def test_which_sources_ask_others() -> None:
    """Whoever adds one that does not says so here."""
    assert {name for name, kind in discover().items() if not kind.asks_others} == {"files", "sightings"}


def _page(signed: SignedPurpose, **more: Any) -> str:
    schools, sources = ["Skarnby Vale Academy"], ["X", "News and other feeds"]
    return purpose.page(signed, **{"schools": schools, "sources": sources, "now": NOW, **more})


def test_the_page_says_what_was_signed_and_every_limit(tmp_store: Store) -> None:
    text = unescape(re.sub(r"<[^>]+>", "", _page(_signed(tmp_store, days=14, assessment="S drive, folder 12"))))
    for said in (
        *("Skarnby Learning Trust", SUGGESTED, BASES["public_task"], "https://skarnby.example/listening", "S drive, folder 12"),
        *("Skarnby Vale Academy", "X, News and other feeds", " 14 days after we stored it", "somebody else after 7;"),
        *("Signed by Ada Marsh (Headteacher), Fri 20 Nov 2026 16:15.", "Printed Fri 20 Nov 2026."),
        *(f"{heading}. {sentences}" for heading, sentences in LIMITS),
    ):
        assert said in text, said


def test_the_page_says_what_is_not_known_yet(tmp_store: Store) -> None:
    page = _page(_signed(tmp_store, days=3), schools=[], sources=[])
    assert "no school yet" in page
    assert "no source yet; files and reports by hand" in page
    assert "somebody else after 3;" in page
    assert "<td>not said</td>" in page


def test_what_was_typed_is_text_on_the_page(tmp_store: Store) -> None:
    names = ("controller", "purpose", "signed_by", "assessment")
    signed = _signed(tmp_store, **{name: f"{name} {HOSTILE}" for name in names}, notice=f"https://a.example/{HOSTILE}")
    page = _page(signed, schools=[HOSTILE], sources=[HOSTILE])
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;{0}{table}&lt;/td&gt;&amp;amp;") == 7
    assert page.count("<td>") == page.count("</td>") == 9


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
@pytest.mark.parametrize("schools", [1, 12])
def test_the_page_is_one_sheet(tmp_store: Store, tmp_path: Path, schools: int) -> None:
    long = f"{SUGGESTED} {'What is said of us in the street is heard at the gate, and we would like to hear it. ' * 3}"
    names = [f"Skarnby Vale Church of England Primary Academy {number}" for number in range(schools)]
    sources = ["X", "Reddit", "News and other feeds", "Files and exports", "Reports of colleagues"]
    page = _page(_signed(tmp_store, purpose=long, assessment="S drive, folder 12"), schools=names, sources=sources)
    (tmp_path / "why.html").write_text(page, encoding="utf-8")

    assert CHROMIUM is not None
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={tmp_path / 'home'}")
    out = tmp_path / "why.pdf"
    command = [CHROMIUM, *flags, f"--print-to-pdf={out}", (tmp_path / "why.html").as_uri()]
    subprocess.run(command, capture_output=True, timeout=120, check=True)

    assert _sheets(out) == (1, (210, 297))


def _sheets(pdf: Path) -> tuple[int, tuple[int, int]]:
    """How many pages, and how many millimetres the first is wide and high."""
    content = pdf.read_bytes()
    counts = [int(each) for each in re.findall(rb"/Count\s+(\d+)", content)]
    box = re.search(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", content)
    assert box is not None
    return max(counts), (round(float(box[1]) / 72 * 25.4), round(float(box[2]) / 72 * 25.4))
