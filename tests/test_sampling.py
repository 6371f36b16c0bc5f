import numpy as np
import pytest
from stats_tables import corpus, labels_of

from analysis.groups import join
from analysis.labels import KEY
from analysis.sampling import _allocate, draw_sample, plan_labels
from analysis.summary import summarize

SCORES, STATEMENTS, MENTIONS, ARTICLES, TRUTH = corpus(100)
TABLES = {"scores": SCORES, "statements": STATEMENTS, "mentions": MENTIONS, "articles": ARTICLES}


def pairs(sample):
    return set(sample[KEY].itertuples(index=False, name=None))


def test_every_statement_has_the_same_chance():
    sample = draw_sample(**TABLES, n=50)
    assert len(sample) == 50
    assert set(sample["probability"]) == {50 / len(SCORES)}
    drawn = np.mean(
        [("a000s00", SCORES["target"].iloc[0]) in pairs(draw_sample(**TABLES, n=len(SCORES) // 2, seed=seed)) for seed in range(200)]
    )
    assert drawn == pytest.approx(0.5, abs=0.12)


def test_answer_of_the_classifier_is_not_shown():
    assert not {"label", "stance", "p_against", "p_neutral", "p_favor"} & set(draw_sample(**TABLES, n=5).columns)


def test_equally_many_of_each_group_with_the_chance_kept():
    sample = draw_sample(**TABLES, n=60, by=["target"])
    assert dict(sample["target"].value_counts()) == {"NATO": 30, "US": 30}
    for target, number in SCORES["target"].value_counts().items():
        assert set(sample.loc[sample["target"] == target, "probability"]) == {30 / number}


def test_larger_sample_holds_the_smaller_one_and_marks_it():
    small = draw_sample(**TABLES, n=40, by=["target"])
    large = draw_sample(**TABLES, n=80, by=["target"], labels=labels_of(TRUTH.merge(small[KEY])))
    assert pairs(small) < pairs(large)
    assert large["labelled"].sum() == 40
    assert large["sample"].iloc[0] != small["sample"].iloc[0]


def test_other_seed_draws_others_and_the_same_seed_the_same():
    assert pairs(draw_sample(**TABLES, n=40)) == pairs(draw_sample(**{**TABLES, "scores": SCORES[::-1]}, n=40))
    assert pairs(draw_sample(**TABLES, n=40)) != pairs(draw_sample(**TABLES, n=40, seed=2))


def test_allocation_by_hand():
    assert _allocate(10, np.array([2, 100, 100])).tolist() == [2, 4, 4]
    assert _allocate(5, np.array([2, 3])).tolist() == [2, 3]
    assert _allocate(5, np.array([9, 9, 9])).sum() == 5


def test_estimates_from_equal_numbers_per_speaker_are_unbiased():
    rows = join(SCORES, STATEMENTS, ARTICLES)
    value = TRUTH["truth"].map({"against": -1, "neutral": 0, "favor": 1}).groupby(TRUTH["target"]).mean()
    errors = []
    for seed in range(60):
        sample = draw_sample(**TABLES, n=120, by=["speaker"], seed=seed)
        labels = labels_of(TRUTH.merge(sample[[*KEY, "probability"]]))
        table = summarize(rows, labels=labels, resamples=100).set_index("target")
        assert table["method"].str.startswith("corrected").all()
        errors.append(table["estimate"] - value)
    assert np.mean(errors, axis=0) == pytest.approx([0, 0], abs=0.04)


def test_errors():
    with pytest.raises(ValueError, match="n is 0"):
        draw_sample(**TABLES, n=0)
    with pytest.raises(ValueError, match="cannot group by 'country'"):
        draw_sample(**TABLES, by=["country"])
    with pytest.raises(ValueError, match="half_width is 0"):
        plan_labels(join(SCORES, STATEMENTS), labels_of(TRUTH[:0]), 0)


def test_plan_needs_a_pilot_and_says_so():
    plan = plan_labels(join(SCORES, STATEMENTS, ARTICLES), labels_of(TRUTH[:5]))
    assert plan["answer"].str.startswith("label at least 30 first").all()
    assert plan["n_needed"].isna().all()


def test_plan_comes_true():
    scores, statements, mentions, articles, truth = corpus(600, seed=3)
    rows = join(scores, statements, articles)
    tables = {"scores": scores, "statements": statements, "mentions": mentions, "articles": articles}
    pilot = labels_of(truth.merge(draw_sample(**tables, n=120, by=["target"])[[*KEY, "probability"]]))
    plan = plan_labels(rows, pilot, 0.1).set_index("target")
    needed = int(plan.loc["NATO", "n_needed"])
    assert 60 < needed < 900
    assert plan.loc["NATO", "half_width"] > 0.1
    full = labels_of(truth.merge(draw_sample(**tables, n=2 * needed, by=["target"])[[*KEY, "probability"]]))
    after = summarize(rows, labels=full).set_index("target").loc["NATO"]
    assert (after["high"] - after["low"]) / 2 == pytest.approx(0.1, abs=0.02)


def test_plan_says_when_articles_are_too_few_or_labels_enough():
    rows = join(SCORES, STATEMENTS, ARTICLES)
    sample = draw_sample(**TABLES, n=100, by=["target"])
    labels = labels_of(TRUTH.merge(sample[[*KEY, "probability"]]))
    assert plan_labels(rows, labels, 0.01)["answer"].str.contains("collect more articles").all()
    assert (plan_labels(rows, labels, 0.9)["n_more"] == 0).all()


def test_plan_counts_certain_labels_apart():
    rows, place = join(SCORES, STATEMENTS, ARTICLES), TRUTH.groupby("target").cumcount()
    known = place < 25
    few = labels_of(TRUTH)[place < 31].assign(probability=np.where(known, 1.0, 0.5)[place < 31])
    assert plan_labels(rows, few)["answer"].str.contains("of 31 labels only 6 were drawn by chance").all()
    kept = known | (place % 2 == 0)
    plan = plan_labels(rows, labels_of(TRUTH)[kept].assign(probability=np.where(known, 1.0, 0.5)[kept]), 0.3)
    assert plan["half_width"].notna().all()
    assert (plan["n_labels"] == kept.groupby(TRUTH["target"]).sum().to_numpy()).all()
    whole = plan_labels(rows, labels_of(TRUTH), 0.001)
    assert whole["answer"].str.contains("all is labelled; collect more articles").all()
    assert (plan_labels(rows, labels_of(TRUTH), 1.5)["n_more"] == 0).all()
