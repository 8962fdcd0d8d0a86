"""Posts about two schools that do not exist, judged as a test says, and what a person does with them on a page."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core.weeks import Week, utc_now
from store.engine import reading
from store.store import Store
from store.tables import post_keys
from tests.store.fictional import about, incoming, keep, post

NOW = utc_now()
LAST_WEEK = Week.of(NOW).back(1)


def tell(store: Store, text: str, hours: int = 24, *, school: str = "grove", **judged: Any) -> int:
    """Keep a post of last week, so many hours after its start; returns its id."""
    said = post(text, text, created_at=LAST_WEEK.start + timedelta(hours=hours), retrieved_at=NOW)
    keep(store, incoming(said, about(school, **judged)), now=NOW)
    with reading(store.engine) as connection:
        return int(connection.scalars(select(post_keys.c.post_id).where(post_keys.c.native_id == text)).one())


def said(app: AppTest) -> list[str]:
    """The lines of text on a page, in order."""
    return [each.value for each in app.text]


def pressable(app: AppTest) -> list[str]:
    """What can be pressed."""
    return [each.label for each in app.button]


def press(app: AppTest, label: str) -> AppTest:
    """Press a button; nothing may fail."""
    next(each for each in app.button if each.label == label).click().run()
    assert not app.exception, app.exception
    return app
