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


def test_certain_labels_by_hand():
    # two rows known (1 and -1), four drawn from: labels 1 and 0 (proxies 0.6, 0.2), without label 0.4 and 0.8
    # rest: mean proxy 0.5, residuals 0.4 and -0.2, mean 0.1: 0.6; together (1 - 1 + 4 * 0.6) / 6
    y, proxy = np.array([1.0, -1.0, 1.0, 0.0, NAN, NAN]), np.array([-9.0, 9.0, 0.6, 0.2, 0.4, 0.8])
    chance = np.array([1.0, 1.0, 0.5, 0.5, NAN, NAN])
    found = corrected_mean(y, proxy, np.arange(6), probability=chance, tuning=1.0)
    assert found.estimate == pytest.approx(0.4)
    assert found.n_labels == 4
    # each row's part of the error: known (y - 0.4) / 6; rest (proxy + 0.1 - 0.4) / 6; drawn besides 4 / 6 * (residual - 0.1) / 2
    of_rows = np.array([0.6, -1.4, 0.3, -0.1, 0.1, 0.5]) / 6
    of_labels = np.array([0.0, 0.0, 0.3, -0.3, 0.0, 0.0]) * 2 / 6
    spread = of_rows / np.sqrt(5 / 6) + of_labels / np.sqrt([1, 1, 1 / 2, 1 / 2, 1, 1])
    assert found.variance == pytest.approx(np.sum(spread**2))


def test_what_the_classifier_says_on_certain_rows_does_not_matter():
    generator = np.random.default_rng(5)
    truth, known = generator.choice([-1.0, 0.0, 1.0], 200), np.arange(200) < 80
    y = np.where(known | (np.arange(200) % 4 == 0), truth, NAN)
    chance, proxy = np.where(known, 1.0, 0.25), truth + generator.normal(size=200)
    learnt = np.where(known, truth, proxy)
    one, other = (corrected_mean(y, values, np.arange(200) // 2, probability=chance, bounds=(-1, 1)) for values in (proxy, learnt))
    assert (one.estimate, one.low, one.high, one.tuning) == pytest.approx((other.estimate, other.low, other.high, other.tuning))


def test_chance_of_the_rest_need_not_be_known_where_it_is_equal():
    # what was drawn speaks for the rest, whatever share of the first draw fell on certain rows
    generator = np.random.default_rng(6)
    y = np.where(np.arange(100) < 60, generator.normal(size=100), NAN)
    known, proxy = np.arange(100) < 20, generator.normal(size=100)
    one, other = (corrected_mean(y, proxy, np.arange(100), probability=np.where(known, 1.0, chance)) for chance in (0.5, 0.1))
    assert (one.estimate, one.variance, one.tuning) == pytest.approx((other.estimate, other.variance, other.tuning))


def test_certain_labels_count_as_far_as_they_reach():
    # half the rows known (50), 10 drawn from the other half: 1 / (0.25 / 50 + 0.25 / 10) labels
    y = np.where((np.arange(100) < 50) | (np.arange(100) >= 90), np.arange(100) % 2, NAN)
    chance = np.where(np.arange(100) < 50, 1.0, 0.2)
    found = corrected_mean(y, np.zeros(100), np.arange(100), probability=chance, tuning=0.0)
    assert found.n_effective == pytest.approx(1 / (0.25 / 50 + 0.25 / 10))


def test_drawn_labels_that_are_all_the_same_leave_doubt_beside_certain_ones():
    y = np.where(np.arange(100) < 50, np.arange(100) % 2, np.where(np.arange(100) < 60, 0.0, NAN))
    chance = np.where(np.arange(100) < 50, 1.0, 0.2)
    found = corrected_mean(y, np.full(100, 0.1), np.arange(100), probability=chance, bounds=(0.0, 1.0))
    assert found.estimate == pytest.approx(0.25)
    # with nothing drawn of the class, the rest may still hold 1 in 4 (3 of 10 by the rule of three): half of that in the whole
    assert found.high > 0.25 + 0.5 * 0.2


def test_labels_with_chance_one_stand_for_the_rest_where_no_other_do():
    y, proxy = np.array([1.0, 0.0, NAN, NAN]), np.array([0.8, 0.4, 0.6, 0.2])
    assert corrected_mean(y, proxy, np.arange(4), probability=np.array([1.0, 1.0, NAN, NAN]), tuning=1.0).estimate == pytest.approx(0.4)


def test_everything_labelled_has_the_degrees_of_its_articles():
    y = np.random.default_rng(7).normal(size=40)
    found = corrected_mean(y, y + np.random.default_rng(8).normal(size=40), np.arange(40))
    assert found.degrees == pytest.approx(39)


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
        ({"probability": np.array([1.0, 0.5, NAN])}, "drawn by chance, beside those that are certain, stand in 1 article"),
        ({"articles": np.array(["a", "b", "b"]), "sampled": "articles"}, "article 'b' is labelled in part"),
    ],
)
def test_errors_name_the_offender(change, message):
    arguments = {"y": np.array([1.0, 0.0, NAN]), "proxy": np.array([0.1, 0.2, 0.3]), "articles": np.array(["a", "b", "c"]), **change}
    with pytest.raises(ValueError, match=message):
        corrected_mean(**arguments)
