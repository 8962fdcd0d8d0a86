"""The pages over a real store, without a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.settings import settings
from pages.shared import data
from store.store import Store
from tests.server import ROOT

FRAME = ROOT / "pages" / "shared" / "main.py"
Open = Callable[..., AppTest]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store that the pages read, empty."""
    monkeypatch.setenv("CRESTWATCH_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    st.cache_data.clear()
    st.cache_resource.clear()
    yield data.store()
    data.store().engine.dispose()
    st.cache_resource.clear()


@pytest.fixture
def open_page(store: Store) -> Open:
    """Opens a page by its file below `pages/`, with what stands in its address; nothing on it may fail."""

    def run(page: str, **address: str) -> AppTest:
        app = AppTest.from_file(str(FRAME), default_timeout=60).run()
        app.switch_page(f"../{page}")
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception, app.exception
        return app

    return run


def shown(app: AppTest) -> str:
    """Everything a page says, tables too."""
    texts = (app.title, app.header, app.subheader, app.text, app.markdown, app.info, app.warning, app.error, app.success)
    parts = [str(each.value) for kind in (*texts, app.caption) for each in kind]
    return "\n".join([*parts, *(each.value.to_string() for each in (*app.dataframe, *app.table))])
