"""The state of every source, for `crestwatch sources` and the doctor."""

from typing import Any

from casework.purpose import lawful
from collectors.base import discover, set_up
from core.settings import Settings
from store import purposes, runs
from store.engine import reading
from store.store import Store


def states(store: Store, settings: Settings) -> list[dict[str, Any]]:
    """Every collector: name, label, state (ready, not_configured, off, failing), reason, last success, cost in words."""
    found = []
    kinds = discover()
    with reading(store.engine) as connection:
        signed = purposes.newest(connection)
    for name, (source, lacks) in lawful(set_up(settings.sources), signed).items():
        kind, state, reason = kinds[name], "ready", lacks
        with reading(store.engine) as connection:
            newest = runs.newest_run_of(connection, name)
            last = runs.last_success(connection, name)
        if source is None:
            state = "not_configured"
        elif not source.settings.on:
            state, reason = "off", f"Switched off by setting. Take `on = false` out of [sources.{name}]."
        elif newest is not None and newest.state == "stopped":
            state, reason = "failing", newest.message
        found.append(
            {
                "name": name,
                "label": kind.label,
                "state": state,
                "reason": reason,
                "last_success": last,
                "cost": kind.policy.cost,
            }
        )
    return found
