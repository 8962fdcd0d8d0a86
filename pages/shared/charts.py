"""Figures as plain dictionaries (Plotly's form): pure, cheap to make, the same on screen and in a report."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any

from analysis.trends import Gap
from analysis.weekly import Weekly
from core.taxonomy import ON_SCREEN, Sentiment, platform_on_screen
from core.weeks import LONDON, Week

SENTIMENTS = (Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE)
MARK = {Sentiment.NEGATIVE: "▼", Sentiment.NEUTRAL: "■", Sentiment.POSITIVE: "▲"}
_COLOURS = {
    "light": {
        Sentiment.NEGATIVE: "#B2401A",
        Sentiment.NEUTRAL: "#6B7280",
        Sentiment.POSITIVE: "#1F5FA8",
        "band": "rgba(31,95,168,0.12)",
        "unseen": "rgba(107,114,128,0.22)",
    },
    "dark": {
        Sentiment.NEGATIVE: "#F0905F",
        Sentiment.NEUTRAL: "#A3A9B4",
        Sentiment.POSITIVE: "#6FB1F2",
        "band": "rgba(111,177,242,0.16)",
        "unseen": "rgba(163,169,180,0.25)",
    },
}
"""Told apart with any colour vision (ΔE ≥ 81 between unhappy and happy); marks and words say the same."""
_FEW = 6
_PATTERN = {Sentiment.NEGATIVE: "/", Sentiment.NEUTRAL: "", Sentiment.POSITIVE: "."}


def week_label(week: Week) -> str:
    """A week on an axis, by its Monday: `9 Nov`."""
    return f"{week.monday.day} {week.monday:%b}"


def volume(weekly: Weekly, mode: str) -> dict[str, Any]:
    """Posts about us by week, the shown week filled, over the band of what is usual."""
    colours = _COLOURS[mode]
    labels = [week_label(each.week) for each in weekly.weeks]
    here = colours[Sentiment.POSITIVE]
    fills = [colours[Sentiment.NEUTRAL]] * len(weekly.earlier) + [here]
    posts = [each.posts for each in weekly.weeks]
    bars = {
        "type": "bar",
        "x": labels,
        "y": posts,
        "marker": {"color": fills},
        "name": "Posts about us",
    }
    figure = _figure([bars], "Posts about us")
    if max(posts) < _FEW:
        figure["layout"]["yaxis"]["dtick"] = 1
    if weekly.usual:
        band = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": weekly.usual.low, "y1": weekly.usual.high}
        figure["layout"]["shapes"] = [{**band, "fillcolor": colours["band"], "line": {"width": 0}, "layer": "below"}]
        figure["layout"]["annotations"] = [
            {
                "text": "usual",
                "xref": "paper",
                "x": 1.01,
                "xanchor": "left",
                "y": (weekly.usual.low + weekly.usual.high) / 2,
                "yanchor": "middle",
                "showarrow": False,
            }
        ]
        figure["layout"]["margin"]["r"] = 44
    return figure


def days(weekly: Weekly, gaps: Sequence[Gap], mode: str) -> dict[str, Any]:
    """Posts about us on each day of the week, with the times when nothing was watched shaded and named."""
    colours, week = _COLOURS[mode], weekly.this.week
    posts = [weekly.this.by_day[day.isoformat()] for day in week.days]
    bars = {
        "type": "bar",
        "x": [f"{day:%a} {day.day}" for day in week.days],
        "y": posts,
        "marker": {"color": colours[Sentiment.POSITIVE]},
        "name": "Posts about us",
    }
    figure = _figure([bars], "Posts about us")
    if max(posts) < _FEW:
        figure["layout"]["yaxis"]["dtick"] = 1  # nobody counts half a post
    spans = [(_place(gap.start, week), _place(gap.end, week)) for gap in gaps]
    figure["layout"]["xaxis"]["range"] = [-0.5, 6.5]
    figure["layout"]["shapes"] = [{**_UNSEEN, "x0": start, "x1": end, "fillcolor": colours["unseen"]} for start, end in spans]
    figure["layout"]["annotations"] = [
        {"text": "not<br>watched", "yref": "paper", "y": 0.98, "yanchor": "top", "x": (start + end) / 2, "showarrow": False}
        for start, end in spans
    ]
    return figure


_UNSEEN = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 1, "dash": "dot"}}


def _place(moment: datetime, week: Week) -> float:
    """Where a moment lies on an axis of days, whose bars stand at 0 to 6; what is outside the week, at its edge."""
    local = moment.astimezone(LONDON)
    day = (local.date() - week.monday).days + (local.hour * 60 + local.minute) / 1440
    return min(6.5, max(-0.5, day - 0.5))


def sentiment(weekly: Weekly, mode: str) -> dict[str, Any]:
    """How the posts about us spoke, by week: unhappy, neither, happy, stacked."""
    labels = [week_label(each.week) for each in weekly.weeks]
    traces = [
        {
            "type": "bar",
            "x": labels,
            "y": [each.by_sentiment.get(label, 0) for each in weekly.weeks],
            "name": f"{MARK[label]} {ON_SCREEN[label]}",
            "marker": {
                "color": _COLOURS[mode][label],
                "pattern": {"shape": _PATTERN[label], "fillmode": "overlay", "fgcolor": "#FFFFFF", "fgopacity": 0.45},
            },
        }
        for label in SENTIMENTS
    ]
    figure = _figure(traces, "Posts about us")
    figure["layout"] |= {
        "barmode": "stack",
        "legend": {"orientation": "h", "y": 1.12, "traceorder": "normal"},
        "showlegend": True,
    }
    return figure


def platforms(weekly: Weekly, mode: str) -> dict[str, Any]:
    """Where the posts about us were, this week, most first."""
    rows = sorted(weekly.this.by_platform.items(), key=lambda each: each[1])
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [number for _, number in rows],
        "y": [escape(platform_on_screen(name)) for name, _ in rows],  # Plotly draws some HTML in its labels
        "text": [str(number) for _, number in rows],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": _COLOURS[mode][Sentiment.POSITIVE]},
    }
    figure = _figure([bars], "")
    figure["layout"] |= {
        "height": 90 + 30 * len(rows),
        "xaxis": {"title": {"text": "Posts about us"}, "dtick": _step(rows), "fixedrange": True},
    }
    return figure


def _step(rows: list[tuple[str, int]]) -> int:
    most = max((number for _, number in rows), default=1)
    return max(1, most // 6)


def _figure(traces: list[dict[str, Any]], axis: str) -> dict[str, Any]:
    """A quiet figure that does not zoom under a scrolling finger."""
    return {
        "data": traces,
        "layout": {
            "height": 280,
            "margin": {"l": 8, "r": 8, "t": 24, "b": 8},
            "xaxis": {"type": "category", "fixedrange": True},
            "yaxis": {"title": {"text": axis}, "rangemode": "tozero", "fixedrange": True, "automargin": True},
            "showlegend": False,
            "bargap": 0.25,
        },
    }
