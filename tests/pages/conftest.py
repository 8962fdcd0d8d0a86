"""The pages over a real store, without a browser; and a dashboard with a browser before it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from playwright.sync_api import Browser, sync_playwright
from streamlit.testing.v1 import AppTest

from core.settings import Settings, settings
from core.weeks import utc_now
from ops import demo
from pages.shared import data
from store.store import Store, open_store
from tests.pages.walking import CHROMIUM, FLAGS
from tests.server import ROOT, Dashboard

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


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo in it, loaded once for all tests."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    filled = open_store(Settings(data_dir=folder))
    demo.load(filled, now=utc_now())
    filled.engine.dispose()
    return folder


@pytest.fixture
def demo_store(store: Store, demo_folder: Path) -> Store:
    """The store that the pages read, with the demo in it."""
    store.engine.dispose()
    st.cache_resource.clear()
    shutil.rmtree(settings().data_dir)
    shutil.copytree(demo_folder, settings().data_dir)
    return data.store()


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


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A running dashboard with an empty store."""
    with Dashboard(tmp_path_factory.mktemp("walk") / "data", tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser without a window."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


def shown(app: AppTest) -> str:
    """Everything a page says, tables too."""
    texts = (app.title, app.header, app.subheader, app.text, app.markdown, app.info, app.warning, app.error, app.success)
    parts = [str(each.value) for kind in (*texts, app.caption) for each in kind]
    return "\n".join([*parts, *(each.value.to_string() for each in (*app.dataframe, *app.table))])
