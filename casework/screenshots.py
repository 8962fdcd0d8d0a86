"""The screenshots of a case on their way into an evidence file: the original for us and the police, the copy for a platform."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from casework.evidence import CaseFile
from casework.presets import Preset
from store import pictures
from store.engine import reading
from store.store import Store

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/heic": "heic"}


def name_of(digest: str, media_type: str) -> str:
    """Where a screenshot lies in an evidence file: `screenshots/ab12….png`, by its SHA-256."""
    return f"screenshots/{digest[:16]}.{_ENDINGS[media_type]}"


def attached(store: Store, case: CaseFile, preset: Preset) -> tuple[CaseFile, Mapping[str, bytes]]:
    """The case as this reader has its screenshots, and the files by name. Nothing for who may not see them.

    Only who gets the complete file has the originals: what a phone writes into a picture may say where its owner lives.
    """
    if "screenshot" not in preset.discloses:
        return case, {}
    files: dict[str, bytes] = {}
    exhibits = []
    with reading(store.engine) as connection:
        for exhibit in case.exhibits:
            found = pictures.by_sha256(connection, store.keys, exhibit.screenshot_sha256, original=preset.internal)
            if found is None:
                exhibits.append(replace(exhibit, screenshot=None, screenshot_sha256=None))
                continue
            content, media_type = found
            digest = sha256(content).hexdigest()
            name = name_of(digest, media_type)
            files[name] = content
            exhibits.append(replace(exhibit, screenshot=name, screenshot_sha256=digest))
    return replace(case, exhibits=tuple(exhibits)), files
