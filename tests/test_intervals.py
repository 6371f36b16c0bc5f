import numpy as np
import pytest
from scipy import special

from analysis.intervals import cluster_bootstrap, draw_counts, percentile_interval


def codes(*values):
    return np.array(values, dtype=np.int64)


def test_means_and_effective_articles_by_hand():
    # group 0: articles 0 (two statements) and 1 (one): weights 2 and 1, so (2 + 1)^2 / (4 + 1) = 1.8 articles
    values = np.array([[1.0], [0.0], [-1.0], [0.5]])
    found = cluster_bootstrap(values, codes(0, 0, 0, 1), codes(0, 0, 1, 1), np.ones(4), 100, 1)
    assert found.means[:, 0] == pytest.approx([0.0, 0.5])
    assert found.articles == pytest.approx([1.8, 1.0])


def test_every_draw_is_a_mean_of_whole_articles():
    # articles with means 1 (two statements) and -1 (one): a draw holds both (1/3), one twice (1 or -1)
    values = np.array([[1.0], [1.0], [-1.0]])
    found = cluster_bootstrap(values, codes(0, 0, 0), codes(0, 0, 1), np.ones(3), 500, 3)
    assert set(np.round(found.draws[:, 0, 0], 6)) == {1.0, -1.0, round(1 / 3, 6)}


def test_counts_of_a_resample_add_up_to_the_number_of_articles():
    blocks = np.vstack(list(draw_counts(7, 50, 2)))
    assert blocks.shape == (50, 7)
    assert (blocks.sum(axis=1) == 7).all()


def test_same_seed_same_draws_whatever_the_block():
    big = np.vstack(list(draw_counts(1_500_000, 2, 5)))
    assert big.shape == (2, 1_500_000)
    assert np.array_equal(big, np.vstack(list(draw_counts(1_500_000, 2, 5))))


def test_articles_of_one_statement_give_the_plain_standard_error():
    values = np.random.default_rng(0).normal(size=(400, 1))
    found = cluster_bootstrap(values, np.zeros(400, np.int64), np.arange(400), np.ones(400), 4000, 1)
    assert found.draws[:, 0, 0].std() == pytest.approx(values.std() / 20, rel=0.05)


def test_whole_articles_widen_the_interval():
    values = np.repeat(np.random.default_rng(0).normal(size=100), 4)[:, None]
    group = np.zeros(400, np.int64)
    alone = cluster_bootstrap(values, group, np.arange(400), np.ones(400), 2000, 1)
    together = cluster_bootstrap(values, group, np.repeat(np.arange(100), 4), np.ones(400), 2000, 1)
    assert together.draws.std() == pytest.approx(2 * alone.draws.std(), rel=0.1)


def test_percentiles_are_moved_out_for_few_articles():
    draws = np.linspace(0, 1, 10_001)[:, None]
    low, high = percentile_interval(draws, np.array([10.0]), 0.95)
    tail = special.ndtr(np.sqrt(10 / 9) * special.stdtrit(9, 0.025))
    assert low[0] == pytest.approx(tail, abs=1e-9)
    assert high[0] == pytest.approx(1 - tail, abs=1e-9)
    assert percentile_interval(draws, np.array([1e6]), 0.95)[0][0] == pytest.approx(0.025, abs=1e-4)


def test_resamples_without_the_group_are_left_out():
    draws = np.array([[0.2], [np.nan], [0.4], [np.nan]])
    low, high = percentile_interval(draws, np.array([1e6]), 0.5)
    assert (low[0], high[0]) == pytest.approx((0.25, 0.35), abs=1e-3)
