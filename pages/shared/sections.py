"""The sections of This week, each drawn from what it is given."""

from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import streamlit as st

from analysis.trends import Gap
from analysis.weekly import Weekly
from core.taxonomy import ON_SCREEN, Lane, Outcome, Sentiment, platform_on_screen
from core.types import School
from core.weeks import Week, day_on_screen, london_day, on_screen
from pages.shared import charts, data, labels, places, ui
from pages.shared.access import Person
from store.queries import Filter

SOONEST = 5
BIGGEST = 5
GOOD_NEWS = 3


def unwatched(gaps: list[Gap]) -> None:
    """The first line, when the computer was off: what follows is less than was said."""
    if gaps:
        spans = "; ".join(_span(gap) for gap in gaps[:3])
        more = f", and {len(gaps) - 3} more times" if len(gaps) > 3 else ""
        st.warning(f"Not watching {spans}{more}. What was said then may be missing below.")


def headline(weekly: Weekly, people: int | None) -> None:
    """The week in a sentence or two."""
    this = weekly.this
    compared = f", {weekly.usual.sentence(this.posts)}" if weekly.usual else " (not enough weeks yet to say what is usual)"
    wrote = "" if people is None else f" from {people} different {'person' if people == 1 else 'people'}"
    st.text(f"{_posts(this.posts)} about us{wrote}{compared}.")
    if people is None:
        st.text("Some of this week’s posts are over their time: they are counted, their words and authors are gone.")
    if this.ambiguous:
        they = "it is counted apart and is" if this.ambiguous == 1 else "they are counted apart and are"
        st.text(f"{this.ambiguous:,} more might be about us; {they} in no chart.")
        asked = {"week": str(this.week), "about": ON_SCREEN[Outcome.AMBIGUOUS]}
        st.page_link(places.POSTS, label="See what might be us", query_params=asked)


def since_last_look(person: Person, version: tuple[int, ...], school_ids: list[str]) -> None:
    """What came since this person last looked."""
    looked = data.since_last_look(person.name, "week")
    if looked is None:
        return
    wanted = Filter(schools=school_ids, start=looked, own=False, hide_lanes=person.hidden_lanes)
    new = data.count(version, wanted)
    st.text(
        f"Since you last looked ({on_screen(looked)}): {_posts(new)} written about us."
        if new
        else f"Since you last looked ({on_screen(looked)}): nothing new was written about us."
    )


def needs_someone(version: tuple[int, ...], person: Person, week: Week, school_ids: list[str]) -> None:
    """What cannot wait, first what is most severe; what went to the safeguarding lead is a number for everyone else."""
    st.header("What needs someone", anchor=False)
    this_week = Filter(schools=school_ids, start=week.start, end=week.end, hide_lanes=person.hidden_lanes)
    wanted = replace(this_week, lanes=(Lane.ALERT,))
    number = data.count(version, wanted)
    newest = data.mentions(version, this_week, 1)
    if number:
        st.text(f"{_posts(number)} {'needs' if number == 1 else 'need'} someone this week.")
        for row in data.soonest(version, wanted, SOONEST).to_dict("records"):
            ui.post_card(row, key=f"soon {row['id']} {row['school_id']}")
        asked = {"kind": ON_SCREEN[Lane.ALERT], "week": str(week)} | _one(school_ids)
        st.page_link(
            places.POSTS, label="See all that needs someone" if number > SOONEST else "See it in Posts", query_params=asked
        )
    elif not newest.empty and newest.iloc[0]["abstained"] == labels.NOT_READ:
        st.text("Nobody can say what needs someone: posts are not read yet, because the model’s files are missing.")
    else:
        st.text("No post needs someone this week.")
    referred = data.referred(version, school_ids, week)
    if referred and person.hidden_lanes:
        st.info(f"{referred} {'item was' if referred == 1 else 'items were'} referred to the safeguarding lead.")


def _one(school_ids: list[str]) -> dict[str, str]:
    """The school in an address, where it is one of several."""
    return {"school": school_ids[0]} if len(school_ids) == 1 else {}


def by_school(weeklies: list[tuple[School, Weekly]]) -> None:
    """What changed, school by school."""
    st.header("What changed, by school", anchor=False)
    rows = [
        {
            "School": school.name,
            "Posts about us": str(each.this.posts),
            "Against the usual": each.usual.sentence(each.this.posts) if each.usual else "too few weeks to say",
            "Unhappy": str(each.this.by_sentiment.get(Sentiment.NEGATIVE, 0)),
            "Happy": str(each.this.by_sentiment.get(Sentiment.POSITIVE, 0)),
        }
        for school, each in weeklies
    ]
    ui.table(pd.DataFrame(rows), alt="Posts about each school this week, against what is usual")


def biggest(version: tuple[int, ...], person: Person, week: Week, school_ids: list[str]) -> None:
    """The posts that most people met, with their reach."""
    st.header("The biggest posts", anchor=False)
    wanted = Filter(schools=school_ids, start=week.start, end=week.end, own=False, hide_lanes=person.hidden_lanes)
    found = data.biggest(version, wanted, BIGGEST)
    if found.empty:
        st.text("No platform said how many people met a post this week.")
    for row in found.to_dict("records"):
        ui.post_card(row, key=f"big {row['id']} {row['school_id']}")


def good_news(version: tuple[int, ...], person: Person, week: Week, school_ids: list[str]) -> None:
    """Praise that may be shared, after asking whoever wrote it."""
    st.header("Good news that may be shared", anchor=False)
    wanted = Filter(
        schools=school_ids, start=week.start, end=week.end, lanes=(Lane.PRAISE,), own=False, hide_lanes=person.hidden_lanes
    )
    found = data.biggest(version, wanted, GOOD_NEWS)
    if found.empty:
        found = data.mentions(version, wanted, GOOD_NEWS)
    if found.empty:
        st.text("No praise was found this week.")
        return
    st.text("Ask before you share: it is theirs, and a child may be in it.")
    for row in found.to_dict("records"):
        ui.post_card(row, key=f"good {row['id']} {row['school_id']}")


def not_seen(week: Week, gaps: list[Gap], now: datetime) -> None:
    """What we could not see: when no source was asked, and where no search reaches."""
    st.header("What we could not see", anchor=False)
    for gap in gaps:
        st.text(f"Not watching {_span(gap)}. What was said then may be missing.")
    ready = data.ready_sources()
    live = sorted(each.label for each in ready.values() if each.scheduled and each.asks_others and each.settings.on)
    if live:
        st.text(f"Watched: {', '.join(live)}.{'' if gaps else ' No gaps this week.'}")
    else:
        st.text("Nothing is collected by itself yet; what you see was imported. Set-up, Sources says what can be switched on.")
    st.text(
        "No lawful search reaches closed Facebook groups, WhatsApp, Snapchat, private accounts, most of Instagram or TikTok."
    )


def day_chart(weekly: Weekly, gaps: list[Gap]) -> None:
    """The week day by day, with what was not watched."""
    st.header("Day by day", anchor=False)
    week, by_day = weekly.this.week, weekly.this.by_day
    most = max(by_day.values())
    busiest = [f"{day:%A}" for day in week.days if most and by_day[day.isoformat()] == most]
    said = f"Most was said on {' and '.join(busiest)}: {_posts(most)}." if busiest else "Nothing was said about us this week."
    unseen = f" Not watched: {'; '.join(_span(gap) for gap in gaps)}." if gaps else ""
    table = pd.DataFrame(
        [
            {
                "Day": day_on_screen(day),
                "Posts about us": by_day[day.isoformat()],
                "Watched": "not all the time" if any(_touches(gap, day) for gap in gaps) else "all the time",
            }
            for day in week.days
        ]
    )
    ui.chart(charts.days(weekly, gaps, ui.mode()), said + unseen, table if gaps else table.drop(columns="Watched"), key="days")


def _touches(gap: Gap, day: date) -> bool:
    return london_day(gap.start) <= day <= london_day(gap.end)


def _span(gap: Gap) -> str:
    return f"{on_screen(gap.start)} – {on_screen(gap.end)}"


def volume_chart(weekly: Weekly) -> None:
    """Posts about us, week by week."""
    st.header("How much is said", anchor=False)
    compared = f": {weekly.usual.sentence(weekly.this.posts)}" if weekly.usual else ""
    table = pd.DataFrame(
        [
            {"Week": each.week.on_screen, "Posts about us": each.posts, "Might be us": each.ambiguous}
            for each in weekly.weeks[::-1]
        ]
    )
    sentence = f"{_posts(weekly.this.posts)} about us in the week of {weekly.this.week.on_screen}{compared}."
    ui.chart(charts.volume(weekly, ui.mode()), sentence, table, key="volume")


def sentiment_chart(weekly: Weekly) -> None:
    """How it is said."""
    st.header("How it is said", anchor=False)
    this = weekly.this
    parts = [f"{this.by_sentiment.get(label, 0)} {ON_SCREEN[label].lower()}" for label in charts.SENTIMENTS]
    usual = (
        f" Unhappy is {weekly.usual_unhappy.sentence(this.by_sentiment.get(Sentiment.NEGATIVE, 0))}."
        if weekly.usual_unhappy
        else ""
    )
    table = pd.DataFrame(
        [
            {"Week": each.week.on_screen, **{ON_SCREEN[label]: each.by_sentiment.get(label, 0) for label in charts.SENTIMENTS}}
            for each in weekly.weeks[::-1]
        ]
    )
    sentence = f"Of {_posts(this.posts)} about us: {', '.join(parts)}.{usual}"
    ui.chart(charts.sentiment(weekly, ui.mode()), sentence, table, key="sentiment")
    st.text("Read by a program, which is wrong about some posts. Set-up, Accuracy says how often, by what you marked.")


def platform_chart(weekly: Weekly) -> None:
    """Where it is said."""
    st.header("Where it is said", anchor=False)
    rows = sorted(weekly.this.by_platform.items(), key=lambda each: -each[1])
    if not rows:
        st.text("Nothing was said about us this week.")
        return
    table = pd.DataFrame(
        [
            {
                "Platform": platform_on_screen(name),
                "Posts about us": number,
                "Against the usual": range_.sentence(number)
                if (range_ := weekly.usual_by_platform[name])
                else "too few weeks to say",
            }
            for name, number in rows
        ]
    )
    most = rows[0][1]
    where = [platform_on_screen(name) for name, number in rows if number == most]
    each = " each" if len(where) > 1 else ""
    sentence = f"Most was on {' and '.join(where)}: {most} of {_posts(weekly.this.posts)}{each}."
    ui.chart(charts.platforms(weekly, ui.mode()), sentence, table, key="platforms")


def _posts(number: int) -> str:
    return f"{number:,} {'post' if number == 1 else 'posts'}"
