import numpy as np
import pytest
from scipy import special

from analysis.corrected import corrected_mean

NAN = np.nan


def test_difference_estimator_by_hand():
    # mean of the proxy 0.5; labelled residuals 1 - 0.8 = 0.2 and 0 - 0.4 = -0.4, mean -0.1
    y, proxy = np.array([1.0, 0.0, NAN, NAN]), np.array([0.8, 0.4, 0.6, 0.2])
    assert corrected_mean(y, proxy, np.arange(4), tuning=1.0).estimate == pytest.approx(0.4)


def test_unequal_chances_by_hand():
    # weights 1/0.5 and 1/0.25, so 1/3 and 2/3; proxy mean 0.1; residuals 0.5 and -0.5: 0.1 + (0.5 - 1) / 3
    y, proxy = np.array([1.0, NAN, -1.0, NAN]), np.array([0.5, 0.0, -0.5, 0.4])
    found = corrected_mean(y, proxy, np.arange(4), probability=np.array([0.5, NAN, 0.25, NAN]), tuning=1.0)
    assert found.estimate == pytest.approx(0.1 - 1 / 6)


def test_row_weights_by_hand():
    # weights 3 1 on the labelled: (3 * 1 + 1 * 0) / 4
    y, proxy = np.array([1.0, 0.0, NAN]), np.zeros(3)
    assert corrected_mean(y, proxy, np.arange(3), weights=np.array([3.0, 1.0, 5.0]), tuning=0.0).estimate == pytest.approx(0.75)


def test_labels_alone_in_articles_of_one_are_the_t_interval():
    y = np.array([1.0, 0.0, -1.0, 1.0, 1.0, NAN, NAN])
    found = corrected_mean(y, np.zeros(7), np.arange(7), tuning=0.0)
    known = y[:5]
    half = special.stdtrit(4, 0.975) * known.std(ddof=1) / np.sqrt(5)
    assert found.variance == pytest.approx(known.var(ddof=1) / 5)
    assert found.degrees == pytest.approx(4)
    assert (found.low, found.high) == pytest.approx((0.4 - half, 0.4 + half))
    assert found.n_effective == pytest.approx(5)


def test_labels_alone_in_equal_articles_are_the_t_interval_of_article_means():
    y = np.array([1.0, 0.0, -1.0, 1.0, 1.0, 1.0])
    found = corrected_mean(y, np.zeros(6), np.array(list("aabbcc")), tuning=0.0)
    means = np.array([0.5, 0.0, 1.0])
    assert found.variance == pytest.approx(means.var(ddof=1) / 3)
    assert found.degrees == pytest.approx(2)


def test_all_labelled_is_the_mean_of_the_labels_whatever_the_classifier():
    generator = np.random.default_rng(0)
    y = generator.choice([-1.0, 0.0, 1.0], 60)
    found = corrected_mean(y, generator.normal(size=60), np.arange(60))
    assert found.estimate == pytest.approx(y.mean())
    assert found.variance == pytest.approx(y.var(ddof=1) / 60, rel=1e-6)


def test_perfect_classifier_needs_no_more_than_its_own_variance():
    truth = np.random.default_rng(1).choice([-1.0, 0.0, 1.0], 300)
    y = np.where(np.arange(300) < 60, truth, NAN)
    found = corrected_mean(y, truth, np.arange(300), tuning=1.0)
    assert found.estimate == pytest.approx(truth.mean())
    assert found.variance == pytest.approx(truth.var(ddof=1) / 300, rel=1e-6)


def test_useless_classifier_is_tuned_away():
    generator = np.random.default_rng(2)
    y = np.where(np.arange(4000) < 1000, generator.normal(size=4000), NAN)
    found = corrected_mean(y, generator.normal(size=4000), np.arange(4000))
    assert abs(found.tuning) < 0.1
    assert found.n_effective == pytest.approx(1000, rel=0.05)


def test_clustered_example_of_glide():
    # documented example of ClusteredPPIMeanEstimator in github.com/EmertonData/glide
    y = np.array([1.0, 2.0, 3.0, 4.0, NAN, NAN, NAN, NAN])
    proxy = np.array([1.1, 2.2, 3.1, 3.9, 1.5, 1.8, 4.5, 4.8])
    found = corrected_mean(y, proxy, np.array(list("AABBCCDD")), sampled="articles", quantile="normal")
    assert (round(found.estimate, 3), round(found.low, 3), round(found.high, 3)) == (2.744, 1.020, 4.468)
    assert int(found.n_effective) == 5


def test_both_designs_agree_for_articles_of_one_statement():
    generator = np.random.default_rng(3)
    truth = generator.normal(size=2000)
    y = np.where(np.arange(2000) < 400, truth, NAN)
    proxy = truth + generator.normal(size=2000)
    one, other = (corrected_mean(y, proxy, np.arange(2000), sampled=kind) for kind in ("statements", "articles"))
    assert one.estimate == pytest.approx(other.estimate, abs=1e-3)
    assert one.variance == pytest.approx(other.variance, rel=0.02)


def test_score_interval_is_wilsons_for_labels_alone():
    # 2 of 40, everything labelled: Wilson with the t quantile and n = p (1 - p) / variance = 39
    y = np.array([1.0] * 2 + [0.0] * 38)
    found = corrected_mean(y, np.zeros(40), np.arange(40), tuning=0.0, bounds=(0.0, 1.0))
    z, n, p = special.stdtrit(39, 0.975), 39, 0.05
    middle, half = (p + z * z / 2 / n) / (1 + z * z / n), z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    assert (found.low, found.high) == pytest.approx((middle - half, middle + half))
    assert found.low > 0


def test_labels_that_are_all_the_same_leave_doubt():
    # 40 labels, none of the class, one per article: Wilson's upper end t^2 / (40 + t^2), not 0
    y = np.where(np.arange(100) < 40, 0.0, NAN)
    found = corrected_mean(y, np.full(100, 0.01), np.arange(100), bounds=(0.0, 1.0))
    assert (found.estimate, found.low) == pytest.approx((0, 0), abs=1e-9)
    assert found.high == pytest.approx(2.0227**2 / (40 + 2.0227**2), rel=1e-3)
    assert found.n_effective == 40
    together = corrected_mean(y, np.full(100, 0.01), np.arange(100) // 10, bounds=(0.0, 1.0))
    assert together.high == pytest.approx(3.1824**2 / (4 + 3.1824**2), rel=1e-3)


def test_same_labels_count_by_how_far_articles_go_together():
    # four articles of ten labels; the classifier's values alternate inside them, so the 40 count as 40; values that differ by article only: as 4
    y, articles = np.where(np.arange(100) < 40, 0.0, NAN), np.arange(100) // 10
    inside = corrected_mean(y, 0.1 + 0.05 * (-1.0) ** np.arange(100), articles, bounds=(0.0, 1.0), tuning=0.0)
    between = corrected_mean(y, 0.1 + 0.05 * (-1.0) ** articles, articles, bounds=(0.0, 1.0), tuning=0.0)
    assert inside.high == pytest.approx(3.1824**2 / (40 + 3.1824**2), rel=1e-3)
    assert between.high == pytest.approx(3.1824**2 / (4 + 3.1824**2), rel=1e-3)


def test_tuning_is_kept_within_reason():
    y, proxy = np.where(np.arange(200) < 50, np.arange(200) % 2, NAN), 0.001 * (np.arange(200) % 2)
    assert corrected_mean(y, proxy, np.arange(200)).tuning == 2.0
    assert corrected_mean(y, -proxy, np.arange(200)).tuning == 0.0


def test_influence_adds_up_to_the_variance():
    generator = np.random.default_rng(4)
    y = np.where(generator.random(200) < 0.4, generator.normal(size=200), NAN)
    for kind in (None, np.full(200, 0.4)):
        found = corrected_mean(y, generator.normal(size=200), np.repeat(np.arange(50), 4), probability=kind)
        assert np.sum(found.influence**2) == pytest.approx(found.variance)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"proxy": np.array([0.1, 0.2])}, "lengths differ: y has 3, proxy has 2"),
        ({"proxy": np.array([0.1, NAN, 0.2])}, "proxy is NaN in row 1"),
        ({"probability": np.array([0.5, 0.0, NAN])}, r"probability is 0.0 in the labelled row 1"),
        ({"articles": np.array(["a", "a", "b"])}, r"labels stand in 1 article\(s\)"),
        ({"articles": np.array(["a", "b", "b"]), "sampled": "articles"}, "article 'b' is labelled in part"),
    ],
)
def test_errors_name_the_offender(change, message):
    arguments = {"y": np.array([1.0, 0.0, NAN]), "proxy": np.array([0.1, 0.2, 0.3]), "articles": np.array(["a", "b", "c"]), **change}
    with pytest.raises(ValueError, match=message):
        corrected_mean(**arguments)
