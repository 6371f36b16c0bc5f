"""How labels came about: known for certain, or drawn by chance to stand for the rest."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def certain(labelled: Mask, probability: Floats | None) -> Mask:
    """Return which rows are known for certain: labelled with probability 1, so that they stand for nobody but themselves.

    Where every row is labelled, all are. Where the rest has no label of its own, none is: the labels then have to stand for it.

    Parameters
    ----------
    labelled : array of bool (rows,)
    probability : array (rows,), optional
        Chance with which each row was drawn; NaN allowed.

    Returns
    -------
    array of bool (rows,)
    """
    if labelled.all():
        return labelled
    if probability is None:
        return np.zeros_like(labelled)
    known = labelled & (probability == 1)
    return known if (labelled & ~known).any() else np.zeros_like(labelled)


def worth(labelled: Mask, known: Mask, share: Floats) -> float:
    """Return how many labels of a simple random sample the labels are worth; without certain ones, their number.

    Known and drawn labels speak for two strata of the shares K and D: the variance of a mean is as with ``1 / (K ** 2 / known + D ** 2 / drawn)`` labels.

    Parameters
    ----------
    labelled, known : array of bool (rows,)
        Rows with a label; those of ``certain``.
    share : array (rows,)
        Share of each row in the mean, adding up to 1.
    """
    held = float(share[known].sum())
    parts = [(held, int(known.sum())), (1 - held, int((labelled & ~known).sum()))]
    return 1 / sum(part**2 / count for part, count in parts if count) if labelled.any() else 0.0
