"""Estimates from many classified and a few hand-labelled statements: valid whatever the classifier's errors."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.small_samples import best_tuning, centred, independent_labels, interval, satterthwaite

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A corrected mean.

    Attributes
    ----------
    estimate, low, high : float
        In the unit of the labels.
    variance, degrees : float
        Cluster-robust variance and the degrees of freedom of its t interval.
    tuning : float
        Weight given to the classifier: 0 uses the labels alone, 1 is the plain difference estimator.
    n_labels, n_effective : float
        Labels used, and how many would be needed for this variance without the classifier.
    influence : array (articles,)
        What each article adds to the error, in the order of the sorted ids; ``sum(influence ** 2) == variance``. The variance of the difference of
        two estimates over the same articles is that of the difference of their influences.
    """

    estimate: float
    low: float
    high: float
    variance: float
    degrees: float
    tuning: float
    n_labels: int
    n_effective: float
    influence: Floats


def corrected_mean(
    y: Floats,
    proxy: Floats,
    articles: NDArray[np.generic],
    *,
    probability: Floats | None = None,
    weights: Floats | None = None,
    bounds: tuple[float, float] | None = None,
    level: float = 0.95,
    tuning: float | None = None,
    sampled: Literal["statements", "articles"] = "statements",
    quantile: Literal["t", "normal"] = "t",
) -> Estimate:
    """Estimate the mean of the labels over all statements, from the labels of a random sample and the classifier's values of all.

    The estimate is ``tuning * mean(proxy) + weighted mean over the labelled of (y - tuning * proxy)``, each labelled statement weighing
    ``weight / probability``. With equal probabilities it is the prediction-powered estimate (PPI++), with unequal ones the design-based one (DSL).
    The variance sums each article's contribution of both parts before squaring, so it holds for single statements drawn inside articles.

    Parameters
    ----------
    y : array (rows,)
        Hand labels as numbers; NaN where not labelled.
    proxy : array (rows,)
        The classifier's value for every row.
    articles : array (rows,)
        Article of each row.
    probability : array (rows,), optional
        Chance with which each row was drawn for labelling, above 0, at most 1; NaN allowed where not labelled. Without it, equal chances.
    weights : array (rows,), optional
        Weight of each row in the mean; without it, 1.
    bounds : (float, float), optional
        Least and largest value a label can have: (0, 1) for a share, (-1, 1) for stance. With them the interval is a score interval, which stays inside and
        covers for rare classes too; without them a t interval.
    level : float
        Coverage of the interval.
    tuning : float, optional
        Fixed weight of the classifier; without it, the one that makes the sampling variance smallest.
    sampled : {"statements", "articles"}
        What was drawn for labelling; for "articles" every row of an article is labelled or none.
    quantile : {"t", "normal"}
        Which distribution the interval uses; "normal" is too narrow for few labels and serves to compare with other software.

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        If lengths differ, a proxy is NaN, a probability is outside (0, 1], labels stand in fewer than two articles, or an article is labelled in part
        although whole ones were sampled.

    References
    ----------
    Angelopoulos, Duchi and Zrnic (2023), PPI++: Efficient Prediction-Powered Inference, arXiv:2311.01453.
    Egami, Hinck, Stewart and Wei (2023), Using Imperfect Surrogates for Downstream Inference: Design-based Supervised Learning, NeurIPS.
    Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, chapter 6 (difference and regression estimator).
    Bell and McCaffrey (2002), Bias reduction in standard errors for linear regression with multi-stage samples, Survey Methodology 28(2): the
    factor 1 / sqrt(1 - share) on an article's contribution.
    Korn and Graubard (1998), Confidence intervals for proportions with small expected number of positive counts estimated from survey data, Survey
    Methodology 24(2); Brown, Cai and DasGupta (2001), Interval estimation for a binomial proportion, Statistical Science 16(2): the score interval with
    the effective number of labels in the place of their number.
    """
    weights = np.ones(len(y)) if weights is None else weights
    labelled, names, code = _checked(y, proxy, articles, probability, weights)
    n_articles = len(names)
    n_labels = int(labelled.sum())
    in_sample = np.bincount(code[labelled], minlength=n_articles) > 0
    if sampled == "articles":
        partly = np.bincount(code[~labelled], minlength=n_articles)[in_sample] > 0
        if partly.any():
            raise ValueError(f"article {str(names[in_sample][partly][0])!r} is labelled in part, but sampled='articles'")
        chance = np.full(len(y), in_sample.mean())
    else:
        chance = np.full(len(y), n_labels / len(y)) if probability is None else probability
        if np.ptp(chance[labelled]) == 0:
            chance = np.full(len(y), chance[labelled][0])

    def total(values: Floats, rows: NDArray[np.bool_] | slice = slice(None)) -> Floats:
        return np.bincount(code[rows], weights=values, minlength=n_articles).astype(np.float64)

    share = weights / weights.sum()
    draw = weights[labelled] / chance[labelled]
    draw /= draw.sum()
    proxy_mean, y_mean, proxy_labelled = share @ proxy, draw @ y[labelled], draw @ proxy[labelled]
    y_centred, proxy_centred = y[labelled] - y_mean, proxy[labelled] - proxy_labelled

    # Where everything is labelled there is nothing to tune.
    tuned = tuning is None and bool((chance[labelled] < 1).any())
    if tuning is None and sampled == "articles":
        tuning = best_tuning(
            total(share[labelled] * y_centred, labelled)[in_sample],
            total(share[labelled] * proxy_centred, labelled)[in_sample],
            np.full(in_sample.sum(), in_sample.mean()),
            total(share * (proxy - proxy_mean)),
            np.full(n_articles, in_sample.mean()),
        )
    elif tuning is None:
        tuning = best_tuning(
            share[labelled] * y_centred, share[labelled] * proxy_centred, chance[labelled], share * (proxy - proxy_mean), chance
        )

    estimate = float(tuning * proxy_mean + y_mean - tuning * proxy_labelled)
    of_proxy = tuning * total(share * (proxy - proxy_mean))
    of_labels = total(draw * (y_centred - tuning * proxy_centred), labelled)
    alone = total(draw * y_centred, labelled)
    if sampled == "articles":
        influence = centred(of_proxy + of_labels, in_sample)
        parts = [(float(np.sum(influence[side] ** 2)), float(side.sum() - 1)) for side in (in_sample, ~in_sample)]
        classical = float(np.sum(centred(alone, in_sample) ** 2))
    else:
        held, drawn = total(share), total(draw, labelled)
        spread_over = 1 / np.sum(drawn**2)
        # The fitted tuning uses up one more degree of freedom, as the slope of a regression does.
        lost = np.sqrt((spread_over - 1) / max(spread_over - 2, 0.5)) if tuned else 1.0
        influence = of_proxy / np.sqrt(1 - held) + lost * of_labels / np.sqrt(1 - drawn)
        parts = [
            (float(np.sum(of_labels**2)), max(float(spread_over) - 1 - tuned, 1.0)),
            (float(np.sum(of_proxy**2)), max(1 / float(np.sum(held**2)) - 1, 1.0)),
        ]
        classical = float(np.sum(alone**2 / (1 - drawn)))
    variance = float(np.sum(influence**2))
    # Below this it is rounding.
    variance = variance if variance > 1e-20 * max(1.0, float(np.max(np.abs(y[labelled])))) ** 2 else 0.0
    held_by = 1 / float(np.sum(total(draw, labelled) ** 2))
    degrees = satterthwaite(parts) if variance > 0 else max(held_by - 1, 1.0)
    point = (
        float(special.stdtrit(degrees, (1 + level) / 2))
        if quantile == "t" and np.isfinite(degrees)
        else float(special.ndtri((1 + level) / 2))
    )
    # Labels that are all the same do not show how far those of one article go together; the classifier's values then stand for them.
    most = independent_labels(draw, proxy_centred, code[labelled]) if np.ptp(y[labelled]) == 0 else np.inf
    low, high = interval(estimate, variance, point, bounds, n_labels, most)
    n_effective = n_labels * (classical / variance if variance > 0 else 1.0)
    if bounds is not None:
        estimate = float(np.clip(estimate, *bounds))
    return Estimate(estimate, low, high, variance, degrees, tuning, n_labels, float(n_effective), influence)


def _checked(
    y: Floats, proxy: Floats, articles: NDArray[np.generic], probability: Floats | None, weights: Floats
) -> tuple[NDArray[np.bool_], NDArray[np.generic], NDArray[np.int64]]:
    sizes = {"y": len(y), "proxy": len(proxy), "articles": len(articles), "weights": len(weights)}
    if probability is not None:
        sizes["probability"] = len(probability)
    if len(set(sizes.values())) != 1:
        raise ValueError(f"lengths differ: {', '.join(f'{name} has {size}' for name, size in sizes.items())}")
    if np.isnan(proxy).any():
        raise ValueError(f"proxy is NaN in row {int(np.flatnonzero(np.isnan(proxy))[0])}; the classifier's value is needed for every row")
    labelled = ~np.isnan(y)
    if probability is not None:
        wrong = labelled & ~((probability > 0) & (probability <= 1))
        if wrong.any():
            raise ValueError(
                f"probability is {probability[wrong][0]} in the labelled row {int(np.flatnonzero(wrong)[0])}; it must be above 0, at most 1"
            )
    names, code = np.unique(articles, return_inverse=True)
    held = len(np.unique(code[labelled]))
    if held < 2:
        raise ValueError(f"labels stand in {held} article(s); at least 2 are needed")
    return labelled, names, code.astype(np.int64)
