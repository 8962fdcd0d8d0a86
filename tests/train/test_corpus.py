"""The corpus is what its card says: whole, labelled by the definitions, no text twice."""

import re
from collections import Counter

import pytest

from core.taxonomy import Risk, Sentiment, Severity
from core.types import School
from train import reading

SCHOOLS = reading.schools()
ACCOUNTS = {"official", "unregistered", "affiliate", "parody", "impersonator", "namesake", "unrelated"}
GAPS = {"no_policy_link", "no_official_statement", "no_school_email_or_domain", "personal_contact", "stale"}


def test_it_has_as_many_schools_posts_and_accounts_as_the_card_says() -> None:
    card = (reading.CORPUS / "README.md").read_text(encoding="utf-8")
    posts = [each for school in SCHOOLS for each in reading.posts(school)]
    accounts = [each for school in SCHOOLS for each in reading.accounts(school)]
    relevant = sum(each.line["relevant"] for each in posts)
    assert re.search(r"\| schools \| (\d+)", card)[1] == str(len(SCHOOLS))  # type: ignore[index]
    assert f"| posts | {len(posts):,}, of which {relevant:,} are about the school and {len(posts) - relevant:,} are not" in card
    assert f"| accounts | {len(accounts):,}," in card


@pytest.mark.parametrize("school", SCHOOLS, ids=lambda school: school.id)
def test_labels_keep_to_the_definitions(school: School) -> None:
    lines = [each.line for each in reading.posts(school)]
    assert len(lines) >= 60
    assert school.namesakes and school.town
    for line in lines:
        risks = set(line["risks"])
        assert line["school_id"] == school.id
        assert risks <= set(Risk)
        assert line["sentiment"] in set(Sentiment)
        assert line["severity"] in set(Severity)
        assert line["relevant"] or (not risks and line["severity"] == "none"), line["id"]
        assert risks != {"complaint"} or line["severity"] in ("none", "low"), line["id"]
    assert {risk for line in lines for risk in line["risks"]} == set(Risk)


@pytest.mark.parametrize("school", SCHOOLS, ids=lambda school: school.id)
def test_every_kind_of_account_is_there(school: School) -> None:
    accounts = reading.accounts(school)
    assert len(accounts) >= 20
    assert {each["label"] for each in accounts} == ACCOUNTS
    for each in accounts:
        assert set(each["policy_gaps"]) <= GAPS
        assert not each["policy_gaps"] or each["label"] in ("official", "unregistered", "affiliate"), each["id"]


def test_no_text_and_no_id_stands_twice() -> None:
    lines = [each.line for school in SCHOOLS for each in reading.posts(school)]
    assert [text for text, times in Counter(line["text"] for line in lines).items() if times > 1] == []
    assert [name for name, times in Counter(line["id"] for line in lines).items() if times > 1] == []
    urns = [school.urn for school in SCHOOLS]
    assert len(set(urns)) == len(urns)
