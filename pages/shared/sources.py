"""A source on the Sources page: its state in words, its last success, its errors, its silence."""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from collectors.base import Collector, discover
from core.weeks import on_screen
from pages.shared import acts, data, ui
from pages.shared.access import Person

_STATES = {"running": "running", "done": "worked", "stopped": "stopped"}


def source_card(name: str, source: Collector | None, reason: str | None, now: datetime, person: Person) -> None:
    """Everything about one source that somebody in an office can use."""
    kind = discover()[name]
    runs = data.source_runs(name)
    with st.container(border=True, key=f"source {name}"):
        st.subheader(kind.label, anchor=False)
        st.text(_state(source, reason, runs, now))
        if kind.policy.cost:
            st.text(f"Cost: {kind.policy.cost}")
        usable = source is not None and source.settings.on
        if usable and st.button("Collect now", key=f"collect {name}", disabled="job" in st.session_state):
            st.session_state["job"] = acts.ask("collect", {"source": name}, person.name)
            st.rerun()
        if not runs.empty:
            with st.expander("The last runs"):
                ui.table(_table(runs), alt=f"The last runs of {kind.label}")


def _state(source: Collector | None, reason: str | None, runs: pd.DataFrame, now: datetime) -> str:
    """Ready, not switched on yet, off, failing, silent: in a sentence."""
    if source is None:
        return reason or "Not switched on yet."
    if not source.settings.on:
        return "Off, by setting."
    if runs.empty:
        return f"Ready. It is asked every {source.policy.every_minutes} minutes."
    newest = runs.iloc[0]
    worked = runs[runs["state"] == "done"]
    last = worked.iloc[0]["finished_at"] if not worked.empty else None
    if newest["state"] == "stopped":
        since = f" It last worked {on_screen(last)}." if last is not None else " It has not worked yet."
        again = f" It is asked again {on_screen(newest['retry_at'])}." if newest["retry_at"] else ""
        return f"Failing: {newest['message']}{since}{again}"
    if last is not None and now - last > timedelta(minutes=data.SILENCE_FACTOR * source.policy.every_minutes):
        return f"Silent: it was last asked {on_screen(last)}, and should be every {source.policy.every_minutes} minutes."
    return f"Works. Last asked {on_screen(last)}." if last is not None else "Running for the first time."


def _table(runs: pd.DataFrame) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for run in runs.to_dict("records"):
        rows.append(
            {
                "When": on_screen(run["started_at"]),
                "For": run["query"],
                "How it ended": _STATES[run["state"]] + (f": {run['message']}" if run["message"] else ""),
                "Found": f"{run['read']:,}",
                "New": f"{run['stored']:,}",
                "Left out": f"{run['skipped']:,}",
            }
        )
    return pd.DataFrame(rows)
