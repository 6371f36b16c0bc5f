"""Links between spans: which cue a content belongs to, and which source a cue has."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]

DISTANCES = np.array([1, 2, 3, 5, 9, 17, 33, 65])
BUCKETS = 2 * len(DISTANCES) + 1


def bucket(query: Ints, key: Ints) -> Ints:
    """Return the distance bucket, shape (n, m), of every pair of token spans: (n, 2) queries against (m, 2) keys, last token included.

    The middle bucket is overlap, those above it mean that the key comes after the query, farther and farther.
    """
    ahead = key[None, :, 0] - query[:, None, 1]
    behind = query[:, None, 0] - key[None, :, 1]
    middle = BUCKETS // 2
    sign = np.where(ahead > 0, 1, np.where(behind > 0, -1, 0))
    return np.asarray(middle + sign * np.searchsorted(DISTANCES, np.maximum(ahead, behind), side="right"))


def middle_of(values: Floats, spans: Ints) -> Floats:
    """Return what stands for each span: the mean of the vectors of its first and last token."""
    return np.asarray((values[spans[:, 0]] + values[spans[:, 1]]) / 2)


def choose(
    query: Floats,
    key: Floats,
    distance: Ints,
    near: npt.NDArray[np.bool_],
    bias: npt.NDArray[np.float64],
    nothing: float,
    extra: Floats | float = 0.0,
) -> Ints:
    """Return for each query the index of its key, or -1 for none.

    Parameters
    ----------
    query, key : arrays of shape (n, d), (m, d)
    distance : array of shape (n, m), distance buckets
    near : bool array of shape (n, m), False where the pair is too far apart to be considered
    bias : array of shape (BUCKETS,), added to the scores by distance
    nothing : score of having no key
    extra : array of shape (n, m), added to the scores where keys are compared with each other, not where with ``nothing``
    """
    if not len(key) or not len(query):
        return np.full(len(query), -1)
    score = np.where(near, query @ key.T / np.sqrt(query.shape[1]) + bias[distance], -np.inf)
    best = (score + extra).argmax(1)
    return np.where(score.max(1) > nothing, best, -1)
