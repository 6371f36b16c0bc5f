"""Estimates from many classified and a few hand-labelled statements: valid whatever the classifier's errors."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.designs import certain, worth
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
    Rows with chance 1 count with their labels, and the estimate above is made over the rest. So it does not matter what the classifier says on them: it may
    have been trained on them.

    Parameters
    ----------
    y : array (rows,)
        Hand labels as numbers; NaN where not labelled.
    proxy : array (rows,)
        The classifier's value for every row.
    articles : array (rows,)
        Article of each row.
    probability : array (rows,), optional
        Chance with which each row was drawn for labelling, above 0, at most 1; NaN allowed where not labelled. Without it, equal chances. Labels with chance 1
        are certain: they speak for their own rows only, and those drawn with lower chances for all other rows.
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
        If lengths differ, a proxy is NaN, a probability is outside (0, 1], labels (or those drawn beside certain ones) stand in fewer than two articles, or an article is labelled in part
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
    known = certain(labelled, probability) if sampled == "statements" else np.zeros_like(labelled)
    rest, drawn = ~known, labelled & ~known
    in_sample = np.bincount(code[drawn], minlength=n_articles) > 0
    if rest.any() and in_sample.sum() < 2:
        raise ValueError("the labels drawn by chance, beside those that are certain, stand in 1 article; at least 2 are needed")
    if sampled == "articles":
        partly = np.bincount(code[~labelled], minlength=n_articles)[in_sample] > 0
        if partly.any():
            raise ValueError(f"article {str(names[in_sample][partly][0])!r} is labelled in part, but sampled='articles'")
        chance = np.full(len(y), in_sample.mean())
    elif probability is None or len(np.unique(probability[drawn])) < 2:
        chance = np.full(len(y), drawn.sum() / max(rest.sum(), 1))
    else:
        chance = probability

    def total(values: Floats, rows: NDArray[np.bool_] | slice = slice(None)) -> Floats:
        return np.bincount(code[rows], weights=values, minlength=n_articles).astype(np.float64)

    share = weights / weights.sum()
    # Labels that are certain keep their own share; those drawn speak for the rest, whatever its size has become since the draw.
    held_by_rest = float(share[rest].sum())
    draw = weights[drawn] / chance[drawn]
    draw *= held_by_rest / draw.sum() if rest.any() else 1.0
    of = held_by_rest or 1.0
    y_rest, proxy_rest, proxy_drawn = draw @ y[drawn] / of, share[rest] @ proxy[rest] / of, draw @ proxy[drawn] / of
    y_centred, proxy_centred = y[drawn] - y_rest, proxy[drawn] - proxy_drawn

    tuned = tuning is None
    if tuning is None and sampled == "articles":
        tuning = best_tuning(
            total(share[drawn] * y_centred, drawn)[in_sample],
            total(share[drawn] * proxy_centred, drawn)[in_sample],
            np.full(in_sample.sum(), in_sample.mean()),
            total(share * (proxy - proxy_rest)),
            np.full(n_articles, in_sample.mean()),
        )
    elif tuning is None:
        tuning = best_tuning(
            share[drawn] * y_centred, share[drawn] * proxy_centred, chance[drawn], share[rest] * (proxy[rest] - proxy_rest), chance[rest]
        )

    def influences(weight: float) -> tuple[float, Floats, Floats]:
        """Return the estimate, and what each article adds to its error by its rows and by those drawn from it."""
        value = np.where(known, y, weight * (proxy - proxy_drawn) + y_rest)
        mean = float(share @ value)
        return mean, total(share * (value - mean)), total(draw * (y_centred - weight * proxy_centred), drawn)

    estimate, of_rows, of_labels = influences(tuning)
    _, alone_rows, alone_labels = influences(0.0)
    if sampled == "articles":
        influence = centred(of_rows + of_labels, in_sample)
        parts = [(float(np.sum(influence[side] ** 2)), float(side.sum() - 1)) for side in (in_sample, ~in_sample)]
        classical = float(np.sum(centred(alone_labels, in_sample) ** 2))
    else:
        held, held_by_drawn = total(share), total(draw, drawn) / of
        spread_over = 1 / max(float(np.sum(held_by_drawn**2)), 1e-12)
        # The fitted tuning uses up one more degree of freedom, as the slope of a regression does.
        lost = np.sqrt((spread_over - 1) / max(spread_over - 2, 0.5)) if tuned else 1.0
        influence = of_rows / np.sqrt(1 - held) + lost * of_labels / np.sqrt(1 - held_by_drawn)
        parts = [
            (float(np.sum(of_labels**2)), max(float(spread_over) - 1 - tuned, 1.0)),
            (float(np.sum(of_rows**2)), max(1 / float(np.sum(held**2)) - 1, 1.0)),
        ]
        classical = float(np.sum((alone_rows / np.sqrt(1 - held) + alone_labels / np.sqrt(1 - held_by_drawn)) ** 2))
    variance = float(np.sum(influence**2))
    # Below this it is rounding.
    variance = variance if variance > 1e-20 * max(1.0, float(np.max(np.abs(y[labelled])))) ** 2 else 0.0
    spoken = np.where(known, share, 0.0)
    spoken[drawn] = draw
    degrees = satterthwaite(parts) if variance > 0 else max(1 / float(np.sum(total(spoken) ** 2)) - 1, 1.0)
    point = (
        float(special.stdtrit(degrees, (1 + level) / 2))
        if quantile == "t" and np.isfinite(degrees)
        else float(special.ndtri((1 + level) / 2))
    )
    number = worth(labelled, known, share)
    low, high = interval(estimate, variance, point, bounds, number, _most(y, proxy, code, spoken, known, drawn))
    n_effective = number * (classical / variance if variance > 0 else 1.0)
    if bounds is not None:
        estimate = float(np.clip(estimate, *bounds))
    return Estimate(estimate, low, high, variance, degrees, tuning, int(labelled.sum()), float(n_effective), influence)


def _most(y: Floats, proxy: Floats, code: NDArray[np.int64], spoken: Floats, known: NDArray[np.bool_], drawn: NDArray[np.bool_]) -> float:
    """Return how many independent labels the labels can count as, without limit unless those drawn are all the same.

    Labels that are all the same do not show how far those of one article go together; the classifier's values then stand for them.
    """
    if np.ptp(y[drawn if drawn.any() else known]) > 0:
        return np.inf
    below = 0.0
    for part in (known, drawn):
        if part.any():
            held = float(spoken[part].sum())
            of_part = spoken[part] / held
            below += held**2 / independent_labels(of_part, proxy[part] - of_part @ proxy[part], code[part])
    return 1 / below


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
