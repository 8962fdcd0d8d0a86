"""The form of a school's profile."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import streamlit as st

from core.errors import BadInput
from core.taxonomy import PLATFORMS, platform_on_screen
from core.text import loose
from core.types import Community, FormerName, Leader, Namesake, OfficialAccount, School
from pages.shared import ui

_KINDS: dict[Literal["school", "trust"], str] = {"school": "School", "trust": "Trust"}


def choose(schools: Sequence[School]) -> School | None:
    """The school whose profile is open, kept in the address; None for a new one."""
    by_id = {school.id: school for school in schools}
    names = {**{each.id: each.name for each in schools}, "": "Add a school"}
    asked = st.query_params.get("profile", next(iter(names)))
    options = list(names)
    index = options.index(asked) if asked in names else 0
    chosen = st.selectbox("Profile", options, index=index, format_func=names.__getitem__)
    ui.set_param("profile", chosen)
    return by_id.get(chosen)


def form(school: School | None, taken: set[str], draft: School | None = None) -> School | None:
    """Fill in a profile, a new one from a draft. Returns it once it is saved; raises BadInput for what cannot be saved."""
    known = school or draft
    now = known or School(id="new", name="new")
    with st.form(f"profile {now.id}"):
        kind = st.radio(
            "This is a", list(_KINDS), index=list(_KINDS).index(now.kind), format_func=_KINDS.__getitem__, horizontal=True
        )
        name = st.text_input("Full name", value=known.name if known else "", max_chars=200)
        left, right = st.columns(2)
        with left:
            short = _lines("Short names", now.short_names, "What people call it, one a line")
            aliases = _lines("Other names", now.aliases, "Nicknames and misspellings, one a line")
            former = _lines(
                "Former names",
                [f"{n.name} | {n.until or ''}".rstrip(" |") for n in now.former_names],
                "Name | until, one a line",
            )
            initials = st.text_input("Initials", value=now.initials or "", max_chars=10)
            hashtags = _lines("Hashtags", now.hashtags, "One a line")
            domains = _lines("Web addresses", now.domains, "For example ourschool.sch.uk, one a line")
        with right:
            town = st.text_input("Town", value=now.town or "", max_chars=100)
            postcode = st.text_input("Postcode", value=now.postcode or "", max_chars=10)
            trust = st.text_input("Trust", value=now.trust or "", max_chars=200)
            region = _lines("Places nearby", now.region_terms, "Estates, streets, villages, the local paper, one a line")
            terms = _lines(
                "Words of the school", now.community_terms, "Houses, buildings, events, one a line. No pupil’s name."
            )
        accounts = _lines(
            "Our own accounts",
            [f"{a.platform} {a.handle}" for a in now.official_accounts],
            "Platform and handle, one a line: x @ourschool",
        )
        communities = _lines(
            "Groups and pages that are ours",
            [f"{c.platform} {c.name}" for c in now.communities],
            "Platform and name, one a line",
        )
        namesakes = _lines(
            "Others of that name",
            [f"{n.name} | {n.town}" for n in now.namesakes],
            "Schools, pubs, parks: name | town, one a line",
        )
        leaders = _lines(
            "Leaders who agreed in writing",
            [f"{each.name} | {each.role or ''} | {each.agreed_on}" for each in now.leaders],
            "Name | role | the day they agreed, one a line. Their names help to tell posts apart; nobody is searched for.",
        )
        if not st.form_submit_button("Save", type="primary"):
            return None
    if not name.strip():
        raise BadInput("A school needs its full name.")
    return replace(
        now,
        id=school.id if school else _new_id(name, taken),
        name=name.strip(),
        kind=kind,
        short_names=short,
        aliases=aliases,
        former_names=tuple(FormerName(name=name, until=until or None) for name, until in map(_halves, former) if name),
        initials=initials.strip() or None,
        hashtags=hashtags,
        domains=domains,
        town=town.strip() or None,
        postcode=postcode.strip() or None,
        trust=trust.strip() or None,
        region_terms=region,
        community_terms=terms,
        official_accounts=_accounts(accounts, now),
        communities=tuple(Community(platform=platform, name=each) for platform, each in map(_pair, communities)),
        namesakes=_namesakes(namesakes, now),
        leaders=tuple(map(_leader, leaders)),
    )


def _lines(label: str, values: Sequence[str], help: str) -> tuple[str, ...]:
    typed = st.text_area(label, value="\n".join(values), help=help, height=120, max_chars=5_000)
    return tuple(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip()))


def _pair(line: str) -> tuple[str, str]:
    """`x @ourschool` as platform and name. Raises BadInput for a platform nobody knows."""
    platform, _, rest = line.partition(" ")
    key = {platform_on_screen(each).casefold(): each for each in PLATFORMS}.get(platform.casefold(), platform.casefold())
    if key not in PLATFORMS or not rest.strip():
        raise BadInput(f"“{line}” is not a platform and a name. Write it as: facebook Friends of Our School.")
    return key, rest.strip()


def _accounts(lines: Sequence[str], before: School) -> tuple[OfficialAccount, ...]:
    """The accounts as typed; what was known of one beyond its handle stays."""
    known = {(account.platform, account.handle): account for account in before.official_accounts}
    return tuple(known.get(pair) or OfficialAccount(platform=pair[0], handle=pair[1]) for pair in map(_pair, lines))


def _namesakes(lines: Sequence[str], before: School) -> tuple[Namesake, ...]:
    known = {(each.name, each.town): each for each in before.namesakes}
    typed = map(_halves, lines)
    return tuple(known.get((name, town)) or Namesake(name=name, town=town) for name, town in typed if name)


def _halves(line: str) -> tuple[str, str]:
    """What stands before and after the stroke: `Hagg Lane School | 2024`."""
    before, _, after = line.partition("|")
    return before.strip(), after.strip()


def _leader(line: str) -> Leader:
    """`Maria Okonkwo | chief executive | 12 March 2026`. Raises BadInput without the day on which they agreed."""
    name, role, agreed_on = (part.strip() for part in (*line.split("|", 2), "", "")[:3])
    if not name or not agreed_on:
        raise BadInput(f"“{line}” does not say when they agreed in writing. Write it as: name | role | the day they agreed.")
    return Leader(name=name, role=role or None, agreed_on=agreed_on)


def _new_id(name: str, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", loose(name).encode("ascii", "ignore").decode()).strip("-") or "school"
    return next(each for each in (base, *(f"{base}-{n}" for n in range(2, 1000))) if each not in taken)
