import numpy as np
import pandas as pd
import pytest
from stats_tables import corpus, labels_of, scored

from analysis.compare import before_after, differences, holm
from analysis.groups import join


def test_holm_by_hand():
    # sorted 0.01 * 3, 0.03 * 2, then never smaller than the one before
    assert holm(np.array([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.06, 0.06])
    assert holm(np.array([0.6, 0.7])) == pytest.approx([1.0, 1.0])


def test_differences_by_hand():
    rows = scored(
        [
            (a, "NATO", who, label)
            for a, who, label in [("a", "Ana", "against"), ("b", "Ana", "favor"), ("c", "Bo", "favor"), ("d", "Bo", "favor")]
        ]
    )
    row = differences(rows, "speaker", min_articles=2).iloc[0]
    assert (row["first"], row["second"]) == ("Ana", "Bo")
    assert row["difference"] == pytest.approx(0.7 - 0.0)
    assert row["low"] < 0.7 < row["high"] or row["high"] == pytest.approx(1.4)
    assert (row["n_articles_first"], row["n_articles_second"], row["n_comparisons"]) == (2, 2, 1)


def test_same_values_on_both_sides_differ_by_nothing():
    # every article holds the same pair, so resampling articles cannot tell the groups apart
    rows = scored([(f"a{i}", "NATO", who, ["against", "favor"][i % 2]) for i in range(10) for who in ("Ana", "Bo")])
    row = differences(rows, "speaker").iloc[0]
    assert (row["difference"], row["low"], row["high"], row["p"]) == pytest.approx((0, 0, 0, 1))


def test_every_two_groups_or_neighbouring_periods():
    scores, statements, _, articles, _ = corpus()
    rows = join(scores, statements, articles)
    assert len(differences(rows, "speaker", [])) == 3
    months = differences(rows, "month", [])
    assert (months["first"].iloc[1:].to_numpy() == months["second"].iloc[:-1].to_numpy()).all()
    assert (months["p_holm"] >= months["p"]).all()


def test_only_those_asked_for_are_compared(monkeypatch):
    scores, statements, _, articles, _ = corpus()
    rows = join(scores, statements, articles)
    table = differences(rows, "speaker", [], among=["Ana Petrov", "Bo Lindqvist"])
    assert table[["first", "second", "n_comparisons"]].to_numpy().tolist() == [["Ana Petrov", "Bo Lindqvist", 1]]
    with pytest.raises(ValueError, match="no speaker 'Nobody' to compare"):
        differences(rows, "speaker", among=["Nobody"])
    monkeypatch.setattr("analysis.compare.MOST", 2)
    with pytest.raises(ValueError, match="3 comparisons are too many"):
        differences(rows, "speaker", [])


def test_small_groups_are_not_compared():
    rows = scored([("a", "NATO", "Ana", "favor"), ("b", "NATO", "Bo", "favor")])
    assert differences(rows, "speaker", min_articles=2).empty


def test_corrected_difference_of_everything_labelled_is_the_true_one():
    scores, statements, _, articles, truth = corpus(80)
    rows = join(scores, statements, articles)
    row = differences(rows, "target", [], labels=labels_of(truth)).iloc[0]
    value = truth["truth"].map({"against": -1, "neutral": 0, "favor": 1}).groupby(truth["target"]).mean()
    assert row["difference"] == pytest.approx(value["US"] - value["NATO"])
    assert row["method"].startswith("corrected")
    assert row["n_labels"] == len(truth)
    assert row["low"] < row["difference"] < row["high"]


def test_corrected_differences_know_that_groups_share_articles():
    rows = scored([(f"a{i}", "NATO", who, ["against", "favor"][i % 2]) for i in range(40) for who in ("Ana", "Bo")])
    row = differences(rows, "speaker", labels=rows[["statement_id", "target", "label"]].assign(coder="Cho")).iloc[0]
    assert row["method"].startswith("corrected")
    assert (row["difference"], row["low"], row["high"]) == pytest.approx((0, 0, 0), abs=1e-6)


def test_raw_differences_cover_nothing_where_there_is_nothing():
    held = 0
    for seed in range(60):
        scores, statements, _, articles, _ = corpus(60, seed)
        row = differences(join(scores, statements, articles), "target", [], resamples=400).iloc[0]
        held += row["low"] <= 0 <= row["high"]
    assert 52 <= held <= 60


def test_p_below_five_percent_is_an_interval_without_zero():
    agree = 0
    for seed in range(40):
        scores, statements, _, articles, _ = corpus(14, seed)
        for _, row in differences(join(scores, statements, articles), "speaker", resamples=500).iterrows():
            assert (row["p"] < 0.045) <= (row["low"] > 0 or row["high"] < 0)
            assert (row["p"] > 0.055) <= (row["low"] <= 0 <= row["high"])
            agree += 1
    assert agree > 60


def test_before_after_by_hand():
    rows = scored([(f"a{i}", "NATO", "Ana", "against" if i < 6 else "favor") for i in range(12)])  # one a day from 1 January
    row = before_after(rows, "2022-01-07").iloc[0]
    assert (row["first"], row["second"]) == ("before", "after")
    assert row["difference"] == pytest.approx(1.4)
    assert (row["n_articles_first"], row["n_articles_second"]) == (6, 6)
    near = before_after(rows, "2022-01-07", days=5).iloc[0]
    assert (near["n_articles_first"], near["n_articles_second"]) == (5, 5)


def test_errors():
    rows = scored([("a", "NATO", "Ana", "favor")])
    with pytest.raises(ValueError, match="'target' stands in by and in between"):
        differences(rows, "target", ["target"])
    with pytest.raises(ValueError, match="needs the column published"):
        before_after(rows.drop(columns="published"), "2022-01-01")
    with pytest.raises(ValueError, match="2022-13-01"):
        before_after(rows, pd.Timestamp("2022-13-01"))
