"""Making an evidence file: who is it for, why, and the download that is written into the log as it is made."""

import io
import tempfile
import zipfile
from functools import partial
from pathlib import Path

import streamlit as st

from casework import cases
from casework.evidence import CaseFile, accounts
from casework.presets import PRESETS, Preset
from core.weeks import utc_now
from pages.shared import data
from pages.shared.access import Person


def evidence_file(case: CaseFile, person: Person) -> None:
    """The question "Who is this for?", the reason, and the button."""
    name = st.radio(
        "Who is this for?",
        list(PRESETS),
        format_func=lambda each: PRESETS[each].title,
        captions=[preset.told for preset in PRESETS.values()],
    )
    preset = PRESETS[name]
    account = None
    if preset.one_account:
        choices = accounts(case.exhibits)
        if not choices:
            st.text("No item in this case says which account it came from, so there is nothing to tell a platform.")
            return
        account = st.selectbox("Which account?", list(choices))
    why = st.text_input("Why is it made?", max_chars=300, help="Goes into the log of exports, beside your name and the time.")
    contact = st.text_input("Whom may they ask?", max_chars=200) if name == "police" else None
    st.download_button(
        "Make the evidence file",
        data=partial(_zipped, case.ref, preset, person, why=why, account=account, contact=contact),
        file_name=f"{case.ref.lower()}-{preset.name}.zip",
        mime="application/zip",
        disabled=not why.strip(),
        type="primary",
        on_click="ignore",
        help="Say why first." if not why.strip() else "Made, logged and downloaded in one go.",
    )


def _zipped(ref: str, preset: Preset, person: Person, *, why: str, account: str | None, contact: str | None) -> bytes:
    """Export the case and pack its folder. Runs when the button is pressed, so the log holds what was really taken away."""
    now = utc_now()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / cases.package_name(ref, preset, now)
        cases.export_case(
            data.store(),
            ref,
            preset,
            why=why,
            by=person.name,
            role=person.role,
            now=now,
            out=folder,
            account=account,
            contact=contact,
        )
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(each for each in folder.rglob("*") if each.is_file()):
                archive.write(file, file.relative_to(folder.parent))
    return packed.getvalue()
