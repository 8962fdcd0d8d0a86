"""Who an evidence file is for: what each reader may be told and the columns of the sheet, as tables that read like policy.

What a reader may see is decided once, by `discloses`: sheets and records are made from what is left. A fact that is not named
there never reaches the file, a new one included.
"""

from dataclasses import dataclass

from casework.columns import COLUMNS, Column
from casework.evidence import EVERY_FACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One answer to "Who is this for?".

    `told` is said on screen and in the README. `discloses` names the facts of an exhibit that this reader may see.
    `one_account`: only the items of one account. `masked`: names and contact details go from every text. `internal`: the case's
    title and the reason for the export may be told.
    """

    name: str
    title: str
    told: str
    sheet: tuple[str, ...]
    discloses: frozenset[str]
    one_account: bool = False
    masked: bool = False
    internal: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the sheet, in order."""
        return tuple(COLUMNS[key] for key in self.sheet)


OURS = Preset(
    name="ours",
    title="Our own file",
    told="It is complete: names, links and all that was recorded. Keep it where case files are kept.",
    discloses=EVERY_FACT,
    internal=True,
    sheet=(
        "no",
        "what_it_says",
        "link",
        "platform",
        "account",
        "shown_name",
        "posted_uk",
        "saved_uk",
        "saved_by_role",
        "screenshot",
        "still_online",
        "checked_uk",
        "why_saved",
        "case",
        "school",
        "posted_utc",
        "saved_utc",
        "platform_post_id",
        "platform_account_id",
        "sha256",
    ),
)

TO_PLATFORM = Preset(
    name="platform",
    title="A report to a platform",
    told="It holds the account in question and its items: nobody else, and nothing the school noted about the case.",
    one_account=True,
    discloses=frozenset(
        {
            "no",
            "text",
            "platform",
            "community",
            "url",
            "native_id",
            "handle",
            "shown_name",
            "account_native_id",
            "account_url",
            "posted_at",
            "first_seen_at",
            "saved_at",
            "still_online",
            "checked_at",
            "screenshot",
            "screenshot_sha256",
            "our_account",
            "what_is_copied",
            "says_joke_or_fan",
            "their_rule",
        }
    ),
    sheet=(
        "no",
        "what_it_says",
        "link",
        "platform",
        "account",
        "shown_name",
        "platform_account_id",
        "our_real_account",
        "what_is_copied",
        "says_joke_or_fan",
        "their_rule",
        "screenshot",
        "reporter_role",
    ),
)

POLICE = Preset(
    name="police",
    title="The police",
    told="It is complete: exact words, names, links, ids and all that was recorded. Hand it over as the officer asks; an "
    "ordinary e-mail is not safe enough.",
    discloses=EVERY_FACT,
    internal=True,
    sheet=(
        "item_no",
        "exact_words",
        "link",
        "platform",
        "account",
        "shown_name",
        "platform_post_id",
        "platform_account_id",
        "posted",
        "first_seen",
        "saved_uk",
        "saved_by_and_how",
        "still_online",
        "checked_uk",
        "who_is_threatened",
        "danger_now",
        "screenshot",
        "screenshot_sha256",
        "sha256",
        "reported_where",
        "contact",
    ),
)

PANEL = Preset(
    name="panel",
    title="A panel or governors",
    told="Names, accounts, links and contact details are masked as ▇▇▇, in every file here.",
    masked=True,
    discloses=frozenset(
        {
            "no",
            "text",
            "platform",
            "school",
            "posted_at",
            "kinds",
            "why_saved",
            "reach",
            "what_we_did",
            "in_time",
            "outcome",
        }
    ),
    sheet=(
        "no",
        "school",
        "when",
        "where",
        "what_it_said",
        "kind",
        "why_looked_at",
        "seen_by_how_many",
        "what_we_did",
        "in_time",
        "how_it_ended",
    ),
)

PRESETS: dict[str, Preset] = {preset.name: preset for preset in (OURS, TO_PLATFORM, POLICE, PANEL)}
"""The four by the name they have on the command line and in an address."""
