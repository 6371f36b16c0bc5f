import numpy as np
import pandas as pd
import pytest
from stats_tables import corpus, labels_of, scored

from analysis.estimates import CORRECTED, RAW, TOO_FEW
from analysis.groups import join
from analysis.summary import compare_raw_and_corrected, summarize
from analysis.tables import check

ROWS = scored(
    [
        ("a", "NATO", "Ana Petrov", "against"),
        ("a", "NATO", "Ana Petrov", "favor"),
        ("b", "NATO", "Bo Lindqvist", "against"),
        ("b", "NATO", "Bo Lindqvist", "unsure"),
        ("c", "US", "Ana Petrov", "neutral"),
    ]
)


def test_means_and_shares_by_hand():
    table = summarize(ROWS, ["target"], min_articles=2)
    nato = table[table["target"] == "NATO"].iloc[0]
    assert nato["estimate"] == pytest.approx((-0.7 + 0.7 - 0.7 - 0.1) / 4)
    assert list(nato[["share_against", "share_neutral", "share_favor", "share_unsure"]]) == pytest.approx([0.5, 0, 0.25, 0.25])
    assert (nato["n_statements"], nato["n_articles"], nato["n_labels"]) == (4, 2, 0)
    assert nato["method"].startswith(RAW)
    check(table, "summary", ("target",))


def test_interval_of_two_articles_reaches_from_one_to_the_other():
    # article means 0 and -0.4; with two articles the interval is as wide as resampling can make it
    nato = summarize(ROWS, ["target"], min_articles=2).iloc[0]
    assert (nato["low"], nato["high"]) == pytest.approx((-0.4, 0.0))


def test_too_few_articles_get_no_estimate():
    us = summarize(ROWS, ["target"], min_articles=2).iloc[1]
    assert us["method"] == TOO_FEW
    assert us[["estimate", "low", "high", "share_against", "raw_estimate"]].isna().all()
    assert us["n_statements"] == 1


def test_all_groups_too_small():
    assert set(summarize(ROWS, ["target"], min_articles=9)["method"]) == {TOO_FEW}


def test_weights_by_hand():
    table = summarize(ROWS.assign(reach=[3.0, 1.0, 1.0, 1.0, 1.0]), ["target"], weights="reach", min_articles=2)
    assert table["estimate"].iloc[0] == pytest.approx((-2.1 + 0.7 - 0.7 - 0.1) / 6)


def test_narration_is_a_group_of_its_own():
    scores, statements, _, articles, _ = corpus()
    assert "(no speaker)" in set(summarize(scores, ["speaker"], statements=statements, articles=articles)["speaker"])


def test_reprints_count_once():
    scores, statements, _, articles, _ = corpus()
    doubled = pd.concat([articles, articles.assign(article_id="r" + articles["article_id"], duplicate_of=articles["article_id"])])
    again = [frame.assign(statement_id="r" + frame["statement_id"]) for frame in (scores, statements)]
    again[1]["article_id"] = "r" + again[1]["article_id"]
    before = summarize(scores, ["target"], statements=statements, articles=articles)
    after = summarize(pd.concat([scores, again[0]]), ["target"], statements=pd.concat([statements, again[1]]), articles=doubled)
    pd.testing.assert_frame_equal(before, after)


def test_order_of_rows_does_not_matter_and_seed_does():
    scores, statements, _, articles, _ = corpus()
    rows = join(scores, statements, articles)
    one = summarize(rows, ["target", "speaker"])
    pd.testing.assert_frame_equal(one, summarize(rows.sample(frac=1, random_state=4), ["target", "speaker"]))
    assert not one["low"].equals(summarize(rows, ["target", "speaker"], seed=2)["low"])


def test_blocks_of_groups_change_nothing(monkeypatch):
    scores, statements, _, articles, _ = corpus()
    rows = join(scores, statements, articles)
    whole = summarize(rows, ["target", "speaker"])
    monkeypatch.setattr("analysis.summary.BLOCK", 2)
    pd.testing.assert_frame_equal(summarize(rows, ["target", "speaker"]), whole)


def test_no_labels_is_the_raw_estimate():
    scores, statements, _, articles, truth = corpus()
    rows = join(scores, statements, articles)
    pd.testing.assert_frame_equal(summarize(rows), summarize(rows, labels=labels_of(truth[:0])))


def test_few_labels_are_counted_but_not_used():
    scores, statements, _, articles, truth = corpus()
    rows = join(scores, statements, articles)
    table = summarize(rows, labels=labels_of(truth.groupby("target").head(10)))
    assert list(table["n_labels"]) == [10, 10]
    assert table["method"].str.contains("10 labels, fewer than 30").all()
    assert table["estimate"].equals(summarize(rows)["estimate"])


def test_all_labelled_is_the_truth():
    scores, statements, _, articles, truth = corpus()
    table = summarize(scores, statements=statements, articles=articles, labels=labels_of(truth))
    values = truth.assign(value=truth["truth"].map({"against": -1, "neutral": 0, "favor": 1})).groupby("target")["value"].mean()
    assert list(table["estimate"]) == pytest.approx(list(values))
    assert list(table["share_favor"]) == pytest.approx(list(truth.groupby("target")["truth"].agg(lambda given: (given == "favor").mean())))
    assert table["method"].str.startswith(CORRECTED).all()
    assert (table["share_unsure"] == 0).all()
    assert not np.allclose(table["estimate"], table["raw_estimate"])


def test_nothing_is_unsure_in_corrected_shares():
    scores, statements, _, articles, truth = corpus()
    scores.loc[::7, "label"] = "unsure"
    rows = join(scores, statements, articles)
    assert (summarize(rows)["share_unsure"] > 0.05).all()
    table = summarize(rows, labels=labels_of(truth))
    assert (table["share_unsure"] == 0).all()
    assert list(table[["share_against", "share_neutral", "share_favor"]].sum(axis=1)) == pytest.approx([1, 1])


def test_chances_of_the_labels_count_by_hand():
    # 20 favor drawn with chance 0.5 weigh 2 each, 20 against with 0.25 weigh 4; the classifier says the same of all
    rows = scored([(f"a{i}", "NATO", "Ana", "neutral") for i in range(120)])
    labels = rows[["statement_id", "target"]][:40].assign(label=["favor", "against"] * 20, coder="Bo", probability=[0.5, 0.25] * 20)
    assert summarize(rows, labels=labels)["estimate"].iloc[0] == pytest.approx((20 * 2 - 20 * 4) / 120)
    assert summarize(rows, labels=labels.drop(columns="probability"))["estimate"].iloc[0] == pytest.approx(0)


def test_raw_and_corrected_side_by_side():
    scores, statements, _, articles, truth = corpus(80)
    labels = labels_of(truth.sample(120, random_state=0))
    rows = join(scores, statements, articles)
    table = compare_raw_and_corrected(rows, labels)
    summary = summarize(rows, labels=labels)
    assert list(table["quantity"]) == ["stance", "against", "neutral", "favor"] * 2
    stance = table[table["quantity"] == "stance"]
    assert list(stance["corrected"]) == list(summary["estimate"])
    assert list(stance["raw"]) == list(summary["raw_estimate"])
    assert list(stance["bias"]) == pytest.approx(list(stance["raw"] - stance["corrected"]))
    assert table["n_labels"].sum() == 4 * 120
    shares = table[table["quantity"] != "stance"].groupby("target")["corrected"].sum()
    assert list(shares) == pytest.approx([1, 1], abs=0.1)


def test_dates_and_own_order_of_columns():
    table = summarize(ROWS, ["month", "target"], min_articles=1)
    assert list(table.columns[:2]) == ["month", "target"]
    assert table["month"].iloc[0] == pd.Timestamp("2022-01-01")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scores": ROWS.drop(columns="article_id")}, "scores lack article_id"),
        ({"by": []}, "by is empty"),
        ({"weights": "reach"}, "no column 'reach' to weigh by"),
        ({"scores": ROWS.assign(reach=0.0), "weights": "reach"}, "reach is 0.0; weights must be above 0"),
        ({"labels": pd.DataFrame({"statement_id": ["s0"], "target": ["NATO"], "label": ["pro"]})}, "unknown label 'pro'"),
        ({"labels": pd.DataFrame({"statement_id": ["s0"]})}, "labels lack the column 'target'"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        summarize(**{"scores": ROWS, "min_articles": 1, **arguments})


def test_certain_labels_count_beside_those_drawn():
    scores, statements, _, articles, truth = corpus()
    rows, given = join(scores, statements, articles), labels_of(truth)
    place = given.groupby("target").cumcount()
    known, drawn = place < 30, place % 3 == 0
    labels = given[known | drawn].assign(probability=np.where(known, 1.0, np.nan)[known | drawn])
    table = summarize(rows, ["target"], labels=labels).set_index("target")
    assert table["method"].str.startswith("corrected with hand labels").all()
    assert (table["n_labels"] == (known | drawn).groupby(given["target"]).sum()).all()
    by_hand = labels.assign(probability=labels["probability"].fillna(0.2))
    pd.testing.assert_frame_equal(table, summarize(rows, ["target"], labels=by_hand).set_index("target"))


def test_certain_labels_alone_do_not_speak_for_the_rest():
    scores, statements, _, articles, truth = corpus()
    given = labels_of(truth)
    place = given.groupby("target").cumcount()
    labels = given[place < 33].assign(probability=np.where(place < 32, 1.0, 0.2)[place < 33])
    table = summarize(join(scores, statements, articles), ["target"], labels=labels)
    assert table["method"].str.contains("33 labels, only 1 of them drawn by chance").all()
    assert (table["estimate"] == table["raw_estimate"]).all()


def test_small_group_labelled_altogether_is_known():
    labels = pd.DataFrame({"statement_id": ["s0", "s1", "s2", "s3"], "target": "NATO", "label": ["against", "favor", "favor", "neutral"]})
    nato = summarize(ROWS, ["target"], labels=labels, min_articles=2).set_index("target").loc["NATO"]
    assert (nato["estimate"], nato["share_favor"]) == pytest.approx((0.25, 0.5))
    assert nato["method"].startswith(CORRECTED)
    assert summarize(ROWS, ["target"], labels=labels[:3], min_articles=2)["method"].str.startswith(RAW).any()
