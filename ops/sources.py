"""The state of every source, for `crestwatch sources` and the doctor."""

from typing import Any

from collectors.base import discover
from core.errors import NotConfigured
from core.settings import Settings
from store import runs
from store.engine import reading
from store.store import Store


def states(store: Store, settings: Settings) -> list[dict[str, Any]]:
    """Every collector: name, label, state (ready, not_configured, off, failing), reason, last success, cost in words."""
    found = []
    for name, kind in discover().items():
        with reading(store.engine) as connection:
            newest = runs.newest_run_of(connection, name)
            last = runs.last_success(connection, name)
        state, reason = "ready", None
        try:
            source = kind(settings.sources.get(name))
            source.ready()
            if not source.settings.on:
                state, reason = "off", f"Switched off by setting. Take `on = false` out of [sources.{name}]."
            elif newest is not None and newest.state == "stopped":
                state, reason = "failing", newest.message
        except NotConfigured as problem:
            state, reason = "not_configured", str(problem)
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
