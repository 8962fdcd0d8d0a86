"""Everything pages read, and the only place that caches. The first argument is `version`: a finished run refreshes all.

Nothing here draws. What is cached is shared between people, so whoever may see less says so in the arguments.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from analysis.relabels import Relabel
from analysis.trends import Gap, gaps
from casework import cases, relabels, report_code
from casework.purpose import lawful
from collectors.base import Collector, set_up
from core.settings import settings
from core.taxonomy import Role
from core.types import Author, School, WatchedTerm
from core.weeks import Week, utc_now
from store import (
    backups,
    casefiles,
    decisions,
    notices,
    pictures,
    profiles,
    purposes,
    queries,
    requests,
    retention,
    runs,
    terms,
)
from store import sightings as reported
from store.engine import reading, writing
from store.notices import Notice
from store.purposes import SignedPurpose
from store.queries import Filter
from store.requests import Job
from store.store import Store, open_store

SILENCE_FACTOR = 3
"""A source that has missed this many of its turns is silent, and what it would have brought could not be seen."""


@st.cache_resource(max_entries=1)
def store() -> Store:
    """The store, opened once a process."""
    return open_store(settings())


def version() -> tuple[int, ...]:
    """Changes whenever a run or a job has ended or somebody answered: what was cached before is then read again."""
    with reading(store().engine) as connection:
        return runs.newest_run(connection), requests.newest_done(connection), decisions.newest(connection)


@st.cache_data(ttl="10m", max_entries=4)
def schools(version: tuple[int, ...]) -> list[School]:
    """Every school that is watched."""
    with reading(store().engine) as connection:
        return list(profiles.all_schools(connection))


@st.cache_data(ttl="10m", max_entries=64)
def mentions(version: tuple[int, ...], wanted: Filter, limit: int, offset: int = 0) -> pd.DataFrame:
    """Posts about us that fit, newest first."""
    with reading(store().engine) as connection:
        return queries.mentions(connection, wanted, limit=limit, offset=offset)


@st.cache_data(ttl="10m", max_entries=64)
def count(version: tuple[int, ...], wanted: Filter) -> int:
    """How many posts fit (counted up to 10,000)."""
    with reading(store().engine) as connection:
        return queries.count_mentions(connection, wanted)


@st.cache_data(ttl="10m", max_entries=64)
def biggest(version: tuple[int, ...], wanted: Filter, limit: int) -> pd.DataFrame:
    """The posts that most people met."""
    with reading(store().engine) as connection:
        return queries.biggest(connection, wanted, limit=limit)


@st.cache_data(ttl="10m", max_entries=64)
def soonest(version: tuple[int, ...], wanted: Filter, limit: int) -> pd.DataFrame:
    """The posts that cannot wait first."""
    with reading(store().engine) as connection:
        return queries.soonest(connection, wanted, limit=limit)


@st.cache_data(ttl="10m", max_entries=64)
def people(version: tuple[int, ...], wanted: Filter) -> int | None:
    """How many different people wrote what fits: a number, never a list; None where that is not known any more."""
    with reading(store().engine) as connection:
        return queries.people_in(connection, wanted)


@st.cache_data(ttl="10m", max_entries=64)
def daily(version: tuple[int, ...], school_ids: Sequence[str], first: date, last: date) -> pd.DataFrame:
    """Daily counts of the week that ends with `last`, weekly ones of those before it, from `first`, a Monday."""
    with reading(store().engine) as connection:
        return queries.daily_counts(connection, school_ids, first, last, whole_weeks_before=last - timedelta(days=6))


@st.cache_data(ttl="10m", max_entries=16)
def span(version: tuple[int, ...], school_ids: Sequence[str]) -> tuple[date, date] | None:
    """The first and the last day with a post about these schools; None when there is none."""
    with reading(store().engine) as connection:
        first, last = queries.first_day(connection, school_ids), queries.newest_day(connection, school_ids)
    return (first, last) if first and last else None


@st.cache_data(ttl="10m", max_entries=16)
def platforms(version: tuple[int, ...], school_ids: Sequence[str]) -> list[str]:
    """The platforms there are posts from."""
    with reading(store().engine) as connection:
        return queries.platforms(connection, school_ids)


@st.cache_data(ttl="10m", max_entries=16)
def referred(version: tuple[int, ...], school_ids: Sequence[str], week: Week) -> int:
    """How many posts of a week went to the safeguarding lead alone."""
    with reading(store().engine) as connection:
        return queries.referred(connection, school_ids, week.start, week.end)


def post(post_id: int, school_ids: Sequence[str], hidden_lanes: Sequence[str]) -> dict[str, Any] | None:
    """One post with its reasons, earlier versions, pictures, reports and cases; None when there is none for this reader."""
    with reading(store().engine) as connection:
        found = queries.one(connection, post_id, school_ids, hide_lanes=hidden_lanes)
        if found is None:
            return None
        found["versions"] = queries.earlier_versions(connection, post_id)
        found["cases"] = casefiles.cases_with(connection, post_id)
        found["pictures"] = pictures.of_post(connection, post_id)
        found["reports"] = reported.of_post(connection, store().keys, post_id)
    return found


def explained(post_id: int) -> Mapping[str, Any] | None:
    """The newest answer to which words of a post moved a label most; None where the post has other words by now.

    `label`, `words` as [start, end, moves] in the text of the post, `example` with its `text` or None.
    """
    with reading(store().engine) as connection:
        asked = requests.newest_answer(connection, "explain", post_id)
        versions = queries.earlier_versions(connection, post_id)
    changed = asked is not None and any(seen >= asked.asked_at for seen, _ in versions)
    return None if asked is None or changed else asked.result


def own_author(found: Mapping[str, Any]) -> Author:
    """The author of a post that the school wrote itself, which is shown by name; nobody else is."""
    return store().keys.open_author(found["author_sealed"]) if found["own"] else Author()


def not_watching(week: Week, now: datetime) -> list[Gap]:
    """The times without any source asked that touch a week, whole; empty where nothing is collected by itself."""
    live = {name: each for name, each in ready_sources().items() if each.scheduled and each.asks_others}
    if not live:
        return []
    longest = timedelta(minutes=SILENCE_FACTOR * min(each.policy.every_minutes for each in live.values()))
    with reading(store().engine) as connection:
        began = runs.first_run(connection, list(live))
        # A week more on both sides: a gap from Friday to Monday is told as such, not cut at midnight on Sunday.
        start, end = max(week.back(1).start, began or now), min(week.back(-1).end, now)
        seen = runs.run_times(connection, list(live), start, end) if start < end else []
    found = gaps(seen, start, end, longest) if start < end else []
    return [gap for gap in found if gap.start < week.end and gap.end > week.start]


def ready_sources() -> dict[str, Collector]:
    """The sources that are switched on, by name."""
    return {name: each for name, (each, reason) in all_sources().items() if each is not None and reason is None}


def all_sources() -> dict[str, tuple[Collector | None, str | None]]:
    """Every source by name, with the kind sentence why it is not ready, if it is not."""
    return lawful(set_up(settings().sources), signed_purpose())


def signed_purpose() -> SignedPurpose | None:
    """The page that says why we look, as it was last signed; None before."""
    with reading(store().engine) as connection:
        return purposes.newest(connection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How many posts have their words and how many lost them, when that was last looked through, and backups out of reach."""

    in_words: int
    without_words: int
    last_pass: datetime | None
    out_of_reach: Sequence[tuple[int, str, datetime]]


def kept() -> Kept:
    """What is kept at the moment."""
    with reading(store().engine) as connection:
        in_words, without = retention.counts(connection)
        return Kept(
            in_words=in_words,
            without_words=without,
            last_pass=requests.last_done(connection, "retain"),
            out_of_reach=[(number, str(path), made) for number, path, made in backups.kept(connection) if not path.exists()],
        )


def source_runs(name: str) -> pd.DataFrame:
    """The newest runs of a source."""
    with reading(store().engine) as connection:
        return runs.source_runs(connection, name)


@st.cache_resource(max_entries=1)
def began() -> datetime:
    """When this process drew its first page."""
    return utc_now()


def worker_is_silent(now: datetime) -> bool:
    """Whether the worker has given no sign of life for half a minute. One that is only just being started is not silent yet."""
    with reading(store().engine) as connection:
        last = runs.last_beat(connection)
    return now - max(last or began(), began()) > timedelta(seconds=30)


def correction(school_id: str) -> Any:
    """What was last learned for a school from people's answers; None where nothing was."""
    with reading(store().engine) as connection:
        return decisions.correction(connection, school_id)


def learned_reading(school_id: str) -> Any:
    """What was last learned for a school from what people said of how posts read; None where nothing was."""
    with reading(store().engine) as connection:
        return decisions.correction(connection, school_id, kind=decisions.TONE)


def relabelled(school_ids: Sequence[str]) -> list[Relabel]:
    """What people said of how posts about these schools were read, newest first."""
    return relabels.said(store(), school_ids)


def job(job_id: int) -> Job | None:
    """A job as it stands."""
    with reading(store().engine) as connection:
        return requests.find(connection, job_id)


def since_last_look(person: str, page: str) -> datetime | None:
    """When this person looked at a page before today's sitting; notes that they look now, once a sitting."""
    key = f"last look at {page}"
    if key not in st.session_state:
        with writing(store().engine) as connection:
            st.session_state[key] = queries.last_visit(connection, person, page)
            runs.note_visit(connection, person, page, now=utc_now())
    looked: datetime | None = st.session_state[key]
    return looked


def picture(picture_id: int) -> bytes | None:
    """The copy of a screenshot that may be shown; None when it is gone."""
    with reading(store().engine) as connection:
        return pictures.shown(connection, store().keys, picture_id)


def staff_code() -> str | None:
    """The code of the staff form; None while it is closed."""
    return report_code.current(store())


def all_cases() -> pd.DataFrame:
    """Every case, newest first."""
    with reading(store().engine) as connection:
        return casefiles.cases(connection)


def case(ref: str) -> cases.OpenCase:
    """A case with its items and history."""
    return cases.read(store(), ref)


def watched_terms(ref: str) -> list[WatchedTerm]:
    """Every word that is or was watched for a case."""
    with reading(store().engine) as connection:
        return terms.of_case(connection, ref)


def unseen_notices(roles: Collection[Role]) -> list[Notice]:
    """What nobody in these roles has seen yet."""
    with reading(store().engine) as connection:
        return notices.unseen(connection, roles)
