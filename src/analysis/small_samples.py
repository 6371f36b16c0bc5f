"""What makes corrected estimates hold with few labels in few articles."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Any weight of the classifier is valid; one beyond this is noise of a rare class.
LARGEST = 2.0


def best_tuning(y: Floats, proxy: Floats, chance: Floats, proxy_all: Floats, chance_all: Floats) -> float:
    """Return the weight of the classifier that makes the variance from drawing units (statements or articles) smallest.

    All values are centred and multiplied by the unit's share in the mean. Where the chances of the units not drawn are unknown, those drawn stand for them.
    """
    n, number = len(y), len(proxy_all)
    factor = (1 / chance) * (1 / chance - 1) * n / max(n - 1, 1)
    known = not np.isnan(chance_all).any()
    spread = (1 / chance_all - 1) @ proxy_all**2 * number / (number - 1) if known else factor @ proxy**2
    # Nothing left to draw, or a constant classifier: the weight does not matter.
    return float(np.clip(factor @ (y * proxy) / spread, 0.0, LARGEST)) if spread > 1e-18 else 1.0


def independent_labels(draw: Floats, proxy: Floats, code: NDArray[np.int64]) -> float:
    """Return how many independent labels the labels are worth, by the design effect of the classifier's values: from one per article to all."""
    per_article = 1 / float(np.sum(np.bincount(code, weights=draw) ** 2))
    alone, together = float(np.sum((draw * proxy) ** 2)), float(np.sum(np.bincount(code, weights=draw * proxy) ** 2))
    if alone < 1e-20:
        return per_article
    number = 1 / float(np.sum(draw**2))
    return max(per_article, number / max(together / alone, 1.0))


def satterthwaite(parts: list[tuple[float, float]]) -> float:
    """Return the degrees of freedom of a sum of variances with known degrees (Satterthwaite 1946)."""
    below = sum(part**2 / degrees for part, degrees in parts if degrees > 0)
    return sum(part for part, _ in parts) ** 2 / below if below > 0 else float(np.inf)


def interval(
    estimate: float, variance: float, point: float, bounds: tuple[float, float] | None, n_labels: float, most: float
) -> tuple[float, float]:
    """Return the t interval, or with bounds a score interval, which is right for rare classes too.

    With bounds the variance at the true share p is taken to be ``p (1 - p) / number + rest``: as much as can be of the estimated variance is in the first
    part, which grows with p, with a number no smaller than that of the labels; the rest does not depend on p. Without a rest it is Wilson's interval.
    """
    if bounds is None or (variance == 0 and np.isinf(most)):
        half = point * np.sqrt(variance)
        return float(estimate - half), float(estimate + half)
    least, width = bounds[0], bounds[1] - bounds[0]
    variance /= width**2
    share = float(np.clip((estimate - least) / width, 0.0, 1.0))
    inside = float(np.clip(share, 0.5 / n_labels, 1 - 0.5 / n_labels))
    number = inside * (1 - inside) / variance if variance > 0 else np.inf
    number = min(max(number, n_labels - 1), most)
    rest = max(variance - inside * (1 - inside) / number, 0.0)
    # Solves (p - share)^2 = point^2 (p (1 - p) / number + rest).
    square = 1 + point**2 / number
    middle = (share + point**2 / (2 * number)) / square
    half = np.sqrt(max(middle**2 - (share**2 - point**2 * rest) / square, 0.0))
    low, high = np.clip([middle - half, middle + half], 0.0, 1.0)
    return float(least + width * low), float(least + width * high)


def centred(influence: Floats, side: NDArray[np.bool_]) -> Floats:
    """Centre the contributions of the articles drawn and of those not drawn, each with the n / (n - 1) of a small sample."""
    result = np.zeros_like(influence)
    for part in (side, ~side):
        if part.sum() > 1:
            result[part] = (influence[part] - influence[part].mean()) * np.sqrt(part.sum() / (part.sum() - 1))
    return result
