"""Finding posts: the filters, kept in the address, and the list."""

from datetime import datetime, timedelta

import pandas as pd
import streamlit as st

from core.taxonomy import ON_SCREEN, Lane, Outcome, Risk, Sentiment, lane_on_screen, platform_on_screen
from core.types import School
from core.weeks import Week, day_start, london_day, on_screen
from pages.shared import data, labels, ui
from pages.shared.access import Person
from store.queries import Filter

PAGE_SIZE = 50
_RARER = ("about", "mood", "where")
"""Their names in the address."""
_SPANS = {"": "Any time", "7": "Last 7 days", "30": "Last 30 days", "90": "Last 90 days"}


def filters(version: tuple[int, ...], schools: list[School], person: Person, now: datetime) -> Filter:
    """What is looked for. A week in the address (`?week=2026-W46`) goes before the choice of days."""
    search, span, *school = st.columns([3, 2, 2] if len(schools) > 1 else [3, 2])
    with search:
        phrase = st.text_input(
            "Search the words", key="q", bind="query-params", placeholder="a word or a phrase", max_chars=200
        )
    with school[0] if school else search:
        school_ids = ui.choose_school(schools)
    with span:
        asked = st.query_params.get("week", "")
        days = st.selectbox(
            "When", list(_SPANS), format_func=_SPANS.__getitem__, key="days", bind="query-params", disabled=bool(asked)
        )
    what, lane = st.columns(2)
    with what:
        risks = st.multiselect(
            "What it is", list(Risk), format_func=lambda each: ON_SCREEN[each], key="what", bind="query-params"
        )
    with lane:
        readable = [each for each in Lane if each not in person.hidden_lanes]
        lanes = st.multiselect("Kind", readable, format_func=lane_on_screen, key="kind", bind="query-params")
    with st.expander("More filters", expanded=any(name in st.query_params for name in _RARER)):
        outcome, moods, platforms = _rarer(version, school_ids)
    start, end = (Week.parse(asked).start, Week.parse(asked).end) if asked else (_since(days, now), None)
    if asked:
        st.text(f"Only the week {Week.parse(asked).on_screen}.")
        if st.button("Show any time"):
            del st.query_params["week"]
            st.rerun()
    return Filter(
        schools=tuple(school_ids),
        outcomes=(outcome,),
        platforms=tuple(platforms),
        sentiments=tuple(moods),
        lanes=tuple(lanes),
        risks=tuple(risks),
        start=start,
        end=end,
        phrase=phrase,
        hide_lanes=person.hidden_lanes,
    )


def listing(found: pd.DataFrame, total: int) -> list[tuple[int, str]]:
    """The list, newest first. Returns the ticked posts as (id, school id); a single one goes into the address as `?post=`."""
    st.text(f"{total:,} {'post fits' if total == 1 else 'posts fit'}." if total < 10_000 else "10,000 posts or more fit.")
    if found.empty:
        st.text("Try fewer words, another time, or “Might be us”.")
        return []
    rows = found.to_dict("records")
    table = pd.DataFrame(
        {
            "When": [on_screen(ui.when(row)) for row in rows],
            "Where": [platform_on_screen(row["platform"]) for row in rows],
            "What it says": [ui.said(row) for row in rows],
            "What it is": [labels.what_it_is(row) for row in rows],
            "How soon": [labels.how_soon(row) for row in rows],
            "How it speaks": [labels.how_it_speaks(row) for row in rows],
            "Reach": [ui.reach(row) for row in rows],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key="chosen posts",
        height=min(600, 36 * (len(rows) + 1)),  # no empty lines below a short list
        column_config={"What it says": st.column_config.TextColumn(width=260)},
        alt="Posts about us, newest first",
    )
    chosen = [(int(rows[each]["id"]), str(rows[each]["school_id"])) for each in event.selection.rows if each < len(rows)]
    if len(chosen) == 1:
        ui.set_param("post", str(chosen[0][0]))
    return chosen


def _rarer(version: tuple[int, ...], school_ids: list[str]) -> tuple[Outcome, list[Sentiment], list[str]]:
    """Filters that fewer people use: open where the address has one, so that none works unseen."""
    about, mood, where = st.columns(3)
    with about:
        outcome = st.selectbox(
            "About us?", list(Outcome)[:2], format_func=lambda each: ON_SCREEN[each], key="about", bind="query-params"
        )
    with mood:
        moods = st.multiselect("How it speaks", list(Sentiment), format_func=labels.mood, key="mood", bind="query-params")
    with where:
        platforms = st.multiselect(
            "Where", data.platforms(version, school_ids), format_func=platform_on_screen, key="where", bind="query-params"
        )
    return outcome, moods, platforms


def _since(days: str, now: datetime) -> datetime | None:
    return day_start(london_day(now) - timedelta(days=int(days))) if days else None
