"""What of a case a reader may see. Everything in an evidence file is made from what is left here."""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from casework.evidence import CaseFile, Exhibit, accounts, bare_handle
from casework.presets import Preset
from core.errors import BadInput
from core.masking import masker

_NAMES_NOBODY = frozenset({"platform", "school"})


def for_reader(case: CaseFile, preset: Preset, account: str | None = None) -> CaseFile:
    """The case as this reader may see it: the items they may have, by number, and of each only what the preset discloses.

    `account` is a key of `casework.evidence.accounts`. Raises BadInput where the case is empty or the account is not settled.
    """
    if not case.exhibits:
        raise BadInput(f"Case {case.ref} holds no saved items, so there is nothing to export. Save a post to it first.")
    exhibits = _of_account(case, account) if preset.one_account else case.exhibits
    withheld: dict[str, Any] = {fact.name: fact.default for fact in fields(Exhibit) if fact.name not in preset.discloses}
    told = [replace(exhibit, **withheld) for exhibit in sorted(exhibits, key=lambda exhibit: exhibit.no)]
    return replace(case, exhibits=tuple(_masked(told, case) if preset.masked else told))


def _of_account(case: CaseFile, account: str | None) -> tuple[Exhibit, ...]:
    """The items of the one account that a report is about."""
    known = accounts(case.exhibits)
    if not known:
        raise BadInput(
            f"No item in case {case.ref} says which account it came from. Add the account’s handle to an item first."
        )
    if account is None and len(known) == 1:
        return next(iter(known.values()))
    if account is None:
        raise BadInput(f"A report to a platform is about one account, and case {case.ref} holds {len(known)}. Choose which.")
    if account not in known:
        raise BadInput(f"Case {case.ref} holds nothing from the account that was chosen. Choose one of its {len(known)}.")
    return known[account]


def _masked(exhibits: Iterable[Exhibit], case: CaseFile) -> Iterable[Exhibit]:
    """The items with everybody who is known in the case masked, in every text a person wrote."""
    handles = {bare_handle(exhibit.handle) for exhibit in case.exhibits}
    known = {
        fact
        for exhibit in case.exhibits
        for fact in (exhibit.native_id, exhibit.account_native_id, exhibit.url, exhibit.account_url)
        if fact
    }
    mask = masker(
        {*known, *handles, *(handle.split("@")[0] for handle in handles)},  # of name@server, the name alone too
        shown_names={exhibit.shown_name for exhibit in case.exhibits if exhibit.shown_name},
        public=" ".join([case.school, *(exhibit.school or "" for exhibit in case.exhibits)]),
    )
    for exhibit in exhibits:
        texts = {fact.name: getattr(exhibit, fact.name) for fact in fields(Exhibit) if fact.name not in _NAMES_NOBODY}
        without: dict[str, Any] = {name: mask(text) for name, text in texts.items() if isinstance(text, str)}
        yield replace(exhibit, **without)
