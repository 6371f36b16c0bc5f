"""Intervals that resample articles: statements of one article are not independent of each other."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Resampled:
    """Weighted means per group, and what becomes of them when articles are drawn again.

    Attributes
    ----------
    means : array (groups, values)
    draws : array (resamples, groups, values)
        NaN where a resample holds no article of the group.
    articles : array (groups,)
        Effective number of articles, ``(sum of weights)^2 / sum of squared weights``: their number if all weigh the same, less if a few dominate.
    """

    means: Floats
    draws: Floats
    articles: Floats


def draw_counts(n_articles: int, resamples: int, seed: int) -> Iterator[Floats]:
    """Yield how often each article is drawn, in blocks (at most 2 million numbers) of shape (resamples of the block, articles)."""
    generator = np.random.default_rng(seed)
    block = max(1, min(resamples, 2_000_000 // max(n_articles, 1)))
    for first in range(0, resamples, block):
        size = min(block, resamples - first)
        drawn = generator.integers(n_articles, size=(size, n_articles)) + np.arange(size)[:, None] * n_articles
        yield np.bincount(drawn.ravel(), minlength=size * n_articles).reshape(size, n_articles).astype(np.float64)


def cluster_bootstrap(
    values: Floats, groups: Integers, articles: Integers, weights: Floats, resamples: int, seed: int, n_articles: int | None = None
) -> Resampled:
    """Draw articles with replacement and average again, all groups from the same draws.

    Since groups share the draws, the difference of two groups' draws has the right spread even where one article has statements in both.

    Parameters
    ----------
    values : array (rows, values)
    groups, articles : array (rows,)
        Codes 0, 1, 2, … without gaps.
    weights : array (rows,)
        Positive.
    resamples, seed : int
    n_articles : int, optional
        How many articles are drawn from; without it, those in ``articles``.

    Returns
    -------
    Resampled

    References
    ----------
    Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8 (resampling clusters).
    """
    n_groups, k = int(groups.max()) + 1, values.shape[1]
    n_articles = int(articles.max()) + 1 if n_articles is None else n_articles
    columns = np.hstack([values, np.ones((len(values), 1))]) * weights[:, None]
    cells = groups[:, None] * (k + 1) + np.arange(k + 1)
    sums = sparse.csr_matrix((columns.ravel(), (cells.ravel(), np.repeat(articles, k + 1))), shape=(n_groups * (k + 1), n_articles))
    total = np.asarray(sums.sum(axis=1)).reshape(n_groups, k + 1)
    drawn = np.vstack([(sums @ counts.T).T for counts in draw_counts(n_articles, resamples, seed)]).reshape(-1, n_groups, k + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        draws = drawn[:, :, :k] / drawn[:, :, k:]
    article_weights = sums[np.arange(k, n_groups * (k + 1), k + 1)]
    effective = total[:, k] ** 2 / np.asarray(article_weights.multiply(article_weights).sum(axis=1)).ravel()
    return Resampled(total[:, :k] / total[:, k:], draws, effective)


def percentile_interval(draws: Floats, articles: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the ends of the expanded percentile interval of each column.

    The plain percentile interval is too narrow for few articles; its quantiles are moved out so that it is as wide as a t interval would be.

    Parameters
    ----------
    draws : array (resamples, columns)
    articles : array (columns,)
        Effective number of articles.
    level : float
        Coverage, above 0 and below 1.

    Returns
    -------
    low, high : array (columns,)

    References
    ----------
    Hesterberg (2015), What Teachers Should Know About the Bootstrap, The American Statistician 69(4), section 5.3.
    """
    ordered = np.sort(draws, axis=0)
    present = np.maximum(np.sum(~np.isnan(ordered), axis=0), 1)
    number = np.maximum(articles, 1.5)
    tail = special.ndtr(np.sqrt(number / (number - 1)) * special.stdtrit(number - 1, (1 - level) / 2))
    return _quantile(ordered, present, tail), _quantile(ordered, present, 1 - tail)


def _quantile(ordered: Floats, present: NDArray[np.int64], level: Floats) -> Floats:
    position = level * (present - 1)
    below = np.floor(position).astype(int)
    above = np.minimum(below + 1, present - 1)
    columns = np.arange(ordered.shape[1])
    result: Floats = ordered[below, columns] + (position - below) * (ordered[above, columns] - ordered[below, columns])
    return result
