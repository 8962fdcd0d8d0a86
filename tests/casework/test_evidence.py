"""Records are exact, and an account's items are found together."""

import json
from datetime import datetime, timedelta, timezone
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from casework.evidence import EVERY_FACT, accounts, bare_handle, canonical, fingerprint, record
from tests.casework.fictional import case, exhibit


def test_a_record_is_one_line_with_sorted_keys_and_every_fact() -> None:
    kept = record(case(), exhibit())
    written = canonical(kept)
    assert b"\n" not in written and b'": ' not in written
    assert list(json.loads(written)) == sorted(kept)
    assert set(kept) == {*EVERY_FACT, "schema", "case"}
    assert kept["posted_at"] == "2026-11-18T20:05:00+00:00"
    assert kept["reach"] == {"likes": 12, "shares": 1, "replies": None, "views": 1204}
    assert kept["school"] is None


@given(st.text(st.characters(codec=None)))
def test_a_record_holds_any_text_exactly(text: str) -> None:
    assert json.loads(canonical(record(case(), exhibit(text=text))))["text"] == text


def test_the_fingerprint_follows_the_record_and_not_the_zone_it_was_told_in() -> None:
    kept = record(case(), exhibit())
    summer = timezone(timedelta(hours=1))
    same = record(case(), exhibit(posted_at=datetime(2026, 11, 18, 21, 5, tzinfo=summer)))
    assert fingerprint(same) == fingerprint(kept)
    assert fingerprint(record(case(), exhibit(text="other"))) != fingerprint(kept)
    assert fingerprint({"b": 1, "a": "é"}) == sha256('{"a":"é","b":1}'.encode()).hexdigest()


def test_handles_stand_without_their_sign() -> None:
    assert [bare_handle(handle) for handle in ("@grove", "grove", "＠grove", "a@b.example", None)] == [
        "grove",
        "grove",
        "grove",
        "a@b.example",
        "",
    ]


def numbers(*exhibits_of: tuple[int, str, str | None, str | None]) -> dict[str, list[int]]:
    """Which items go together, given (number, platform, handle, id)."""
    items = [exhibit(no, platform=where, handle=handle, account_native_id=native) for no, where, handle, native in exhibits_of]
    return {key: [item.no for item in group] for key, group in accounts(items).items()}


def test_an_account_is_known_by_its_id_and_by_its_handle_where_there_is_no_id() -> None:
    assert numbers(
        (1, "x", "@old_name", "77"),
        (2, "x", "new_name", "77"),
        (3, "x", "@New_Name", None),
        (4, "reddit", "new_name", None),
        (5, "x", None, "78"),
        (6, "news", None, None),
    ) == {"x:77": [1, 2, 3], "reddit:@new_name": [4], "x:78": [5]}


def test_a_handle_taken_over_by_another_account_does_not_join_the_two() -> None:
    assert numbers((1, "x", "grove", "1"), (2, "x", "grove", "2")) == {"x:1": [1], "x:2": [2]}
    assert numbers((1, "x", "1", None), (2, "x", "other", "1")) == {"x:@1": [1], "x:1": [2]}
