"""The tables that ship are what the corpus and the training code give, and they beat what is simpler."""

import json

import numpy as np
import pytest

from analysis import relevance, wording
from analysis.relevance import FEATURES, WEIGHTS
from analysis.wording import Masks
from benchmarks.baselines import all_names, says
from benchmarks.measures import relevant
from train import reading
from train import relevance as training

LABELLED = [each for school in reading.schools() for each in reading.posts(school)]


def test_training_again_gives_the_tables_that_ship() -> None:
    mentions = [each.mention for each in LABELLED]
    truth = np.array([bool(each.line["relevant"]) for each in LABELLED])
    groups = np.array([mention.school.id for mention in mentions])
    found = [wording.terms(mention.post, Masks(mention.school)) for mention in mentions]
    model, weights, prior = training.fit_all(found, training.counts(mentions), truth, groups)
    ships = json.loads(relevance.TABLE.read_text(encoding="utf-8"))
    assert prior == pytest.approx(ships["prior"], abs=0.02)
    assert dict(zip(FEATURES, weights, strict=True)) == pytest.approx(ships["points"], abs=0.02)
    table = json.loads(wording.TABLE.read_text(encoding="utf-8"))["terms"]
    assert set(model.table) == set(table)
    assert max(abs(model.table[term][1] - table[term][1]) for term in table) < 0.02


def test_no_weight_was_turned_round_by_the_corpus() -> None:
    points = relevance.table().points
    assert all(points[feature] * WEIGHTS[feature].points >= 0 for feature in FEATURES)


def test_schools_left_out_are_told_apart_better_than_by_their_names() -> None:
    kept = [each for each in LABELLED if each.mention.school.id[:2] != "pl"]
    left = [each for each in LABELLED if each.mention.school.id[:2] == "pl"]
    mentions = [each.mention for each in kept]
    truth = np.array([bool(each.line["relevant"]) for each in kept])
    groups = np.array([mention.school.id for mention in mentions])
    found = [wording.terms(mention.post, Masks(mention.school)) for mention in mentions]
    model, weights, prior = training.fit_all(found, training.counts(mentions), truth, groups)
    asked = [each.mention for each in left]
    said = [model(wording.terms(mention.post, Masks(mention.school))).total for mention in asked]
    scores = training.with_wording(training.counts(asked), np.array(said)) @ weights + prior
    right = [bool(each.line["relevant"]) for each in left]
    ours = relevant([bool(score > 0) for score in scores], right)
    names = relevant([bool(says(mention, all_names(mention.school))) for mention in asked], right)
    assert ours.f1 > names.f1 + 0.03
    assert ours.frs > names.frs + 0.2
