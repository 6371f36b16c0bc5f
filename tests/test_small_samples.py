import numpy as np
import pytest

from analysis.small_samples import best_tuning, independent_labels, interval, satterthwaite


def test_ends_of_the_score_interval_solve_its_equation():
    # share 0.02 with variance 0.004: p (1 - p) / 49 + rest, so that it is 0.004 at 0.02
    low, high = interval(0.02, 0.004, 2.0, (0.0, 1.0), 50, np.inf)
    rest = 0.004 - 0.02 * 0.98 / 49
    assert (high - 0.02) ** 2 == pytest.approx(4 * (high * (1 - high) / 49 + rest))
    assert low == 0.0
    assert high < 0.02 + 2 * np.sqrt(0.004) + 0.06


def test_precise_shares_get_wilsons_interval():
    low, high = interval(0.1, 0.0009, 1.96, (0.0, 1.0), 50, np.inf)  # as precise as 100 labels
    assert (low, high) == pytest.approx((0.0552, 0.1744), abs=1e-4)


def test_stance_is_a_share_stretched_to_its_bounds():
    share, stance = interval(0.1, 0.0009, 2.0, (0.0, 1.0), 50, np.inf), interval(-0.8, 0.0036, 2.0, (-1.0, 1.0), 50, np.inf)
    assert stance == pytest.approx((2 * share[0] - 1, 2 * share[1] - 1))


def test_without_bounds_it_is_the_t_interval():
    assert interval(0.1, 0.04, 2.0, None, 50, np.inf) == pytest.approx((-0.3, 0.5))


def test_degrees_of_freedom_by_hand():
    assert satterthwaite([(1.0, 10.0)]) == 10
    assert satterthwaite([(1.0, 10.0), (1.0, 10.0)]) == 20
    assert satterthwaite([(0.0, 10.0)]) == np.inf


def test_tuning_of_equal_chances_is_the_regression_slope():
    generator = np.random.default_rng(0)
    proxy = generator.normal(size=500)
    y = 0.7 * proxy + generator.normal(size=500)
    centred = (proxy - proxy.mean(), y - y.mean())
    slope = np.cov(proxy, y)[0, 1] / np.var(proxy, ddof=1)
    # the half that was not drawn has the same values
    found = best_tuning(centred[1], centred[0], np.full(500, 0.5), np.tile(centred[0], 2), np.full(1000, 0.5))
    assert found == pytest.approx(slope, rel=2e-3)


def test_independent_labels_by_hand():
    # four labels in two articles: values that differ inside count as 4, values that differ between as 2
    draw, code = np.full(4, 0.25), np.array([0, 0, 1, 1])
    assert independent_labels(draw, np.array([1.0, -1.0, 1.0, -1.0]), code) == pytest.approx(4)
    assert independent_labels(draw, np.array([1.0, 1.0, -1.0, -1.0]), code) == pytest.approx(2)
    assert independent_labels(draw, np.zeros(4), code) == pytest.approx(2)
