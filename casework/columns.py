"""Every column an evidence sheet can have, and how facts read in it. Which reader gets which: `casework.presets`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from casework.evidence import Exhibit, bare_handle
from casework.sheets import Fact
from core.cells import identifier
from core.taxonomy import platform_on_screen
from core.types import Reach
from core.weeks import LONDON, on_screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An exhibit as it stands in one export: beside its case, the hash of its record, and who exports."""

    exhibit: Exhibit
    case: str
    school: str
    sha256: str
    by_role: str
    contact: str | None = None


class Column(NamedTuple):
    """One column: its key in the CSV, its heading in the workbook, what stands in it, its width in characters."""

    key: str
    heading: str
    fact: Callable[[Item], Fact]
    width: int = 16


def quoted(text: str) -> str:
    """A stranger's words, marked as such: “…”. Nothing for a post without words."""
    return f"“{text}”" if text else ""


def yes_or_no(fact: bool | None, unknown: str = "") -> str:
    """A fact that is so, is not so, or is not known."""
    return unknown if fact is None else "yes" if fact else "no"


def iso(moment: datetime | None) -> str:
    """A moment in UTC for machines: `2026-11-20T16:15:00+00:00`."""
    return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def clocked(moment: datetime | None, clock: str) -> str:
    """A moment with its zone and whose clock gave it: `Fri 20 Nov 2026 16:15 GMT, the platform’s clock`."""
    return "" if moment is None else f"{on_screen(moment)} {moment.astimezone(LONDON):%Z}, {clock}"


def in_words(reach: Reach | None) -> str:
    """How many saw it, in the platform's counts: `1,204 views, 12 likes`. Nothing where it did not say."""
    counts = {"view": reach.views, "like": reach.likes, "share": reach.shares, "reply": reach.replies} if reach else {}
    return ", ".join(f"{count:,} {_counted(unit, count)}" for unit, count in counts.items() if count is not None)


def _counted(unit: str, count: int) -> str:
    return unit if count == 1 else "replies" if unit == "reply" else f"{unit}s"


def _saved_by_and_how(item: Item) -> str:
    return ", ".join(part for part in (item.exhibit.saved_by_role, item.exhibit.how_saved) if part)


_PLATFORMS_CLOCK = "the platform’s clock"
_OUR_CLOCK = "our computer’s clock"

_ALL = (
    # Which item, and what was said
    Column("no", "No", lambda item: item.exhibit.no, 5),
    Column("item_no", "Item no", lambda item: item.exhibit.no, 6),
    Column("what_it_says", "What it says", lambda item: quoted(item.exhibit.text), 80),
    Column("exact_words", "Exact words", lambda item: quoted(item.exhibit.text), 80),
    Column("what_it_said", "What it said", lambda item: quoted(item.exhibit.text), 80),
    # Where, and by which account
    Column("link", "Link", lambda item: item.exhibit.url, 40),
    Column("platform", "Platform", lambda item: platform_on_screen(item.exhibit.platform), 12),
    Column("where", "Where", lambda item: platform_on_screen(item.exhibit.platform), 12),
    Column("account", "Account", lambda item: bare_handle(item.exhibit.handle), 20),
    Column("shown_name", "Name shown", lambda item: item.exhibit.shown_name, 20),
    Column("platform_post_id", "Platform’s id of the post", lambda item: identifier(item.exhibit.native_id), 24),
    Column("platform_account_id", "Platform’s id of the account", lambda item: identifier(item.exhibit.account_native_id), 24),
    # When, by which clock
    Column("when", "When (UK time)", lambda item: on_screen(item.exhibit.posted_at), 22),
    Column("posted_uk", "Posted (UK time)", lambda item: on_screen(item.exhibit.posted_at), 22),
    Column("posted_utc", "Posted (UTC)", lambda item: iso(item.exhibit.posted_at), 26),
    Column("posted", "Posted", lambda item: clocked(item.exhibit.posted_at, _PLATFORMS_CLOCK), 26),
    Column("first_seen", "First seen", lambda item: clocked(item.exhibit.first_seen_at, _OUR_CLOCK), 26),
    Column("saved_uk", "Saved (UK time)", lambda item: on_screen(item.exhibit.saved_at), 22),
    Column("saved_utc", "Saved (UTC)", lambda item: iso(item.exhibit.saved_at), 26),
    # How it was saved, and what can be checked
    Column("saved_by_role", "Saved by", lambda item: item.exhibit.saved_by_role, 20),
    Column("saved_by_and_how", "Saved by whom and how", _saved_by_and_how, 24),
    Column("still_online", "Still online", lambda item: yes_or_no(item.exhibit.still_online, "not checked"), 12),
    Column("checked_uk", "Checked (UK time)", lambda item: on_screen(item.exhibit.checked_at), 22),
    Column("screenshot", "Screenshot", lambda item: item.exhibit.screenshot, 20),
    Column("screenshot_sha256", "SHA-256 of the screenshot", lambda item: item.exhibit.screenshot_sha256, 36),
    Column("sha256", "SHA-256 of the record", lambda item: item.sha256, 36),
    # What the school recorded
    Column("school", "School", lambda item: item.exhibit.school or item.school, 24),
    Column("case", "Case", lambda item: item.case, 16),
    Column("why_saved", "Why saved", lambda item: item.exhibit.why_saved, 30),
    Column("why_looked_at", "Why it was looked at", lambda item: item.exhibit.why_saved, 30),
    Column("kind", "Kind", lambda item: ", ".join(item.exhibit.kinds), 20),
    Column("seen_by_how_many", "Seen by how many", lambda item: in_words(item.exhibit.reach), 18),
    Column("what_we_did", "What we did", lambda item: item.exhibit.what_we_did, 30),
    Column("in_time", "In time", lambda item: yes_or_no(item.exhibit.in_time), 8),
    Column("how_it_ended", "How it ended", lambda item: item.exhibit.outcome, 30),
    # For the police
    Column("who_is_threatened", "Who is threatened", lambda item: item.exhibit.threatened_whom, 24),
    Column("danger_now", "Danger now", lambda item: yes_or_no(item.exhibit.danger_now), 10),
    Column("reported_where", "Reported where", lambda item: item.exhibit.reported_where, 24),
    Column("contact", "Contact at the school", lambda item: item.contact, 24),
    # For a platform's form
    Column("our_real_account", "Our real account", lambda item: item.exhibit.our_account, 24),
    Column("what_is_copied", "What is copied", lambda item: item.exhibit.what_is_copied, 24),
    Column("says_joke_or_fan", "Says it is a joke or fan page", lambda item: yes_or_no(item.exhibit.says_joke_or_fan), 14),
    Column("their_rule", "The platform’s rule it breaks", lambda item: item.exhibit.their_rule, 24),
    Column("reporter_role", "Reported by (role)", lambda item: item.by_role, 20),
)
COLUMNS: dict[str, Column] = {column.key: column for column in _ALL}
"""The columns by their key."""
