"""Spans from scores: a semi-Markov model over each paragraph, and the set of spans with the best expected score.

A paragraph of T tokens is split into spans and tokens outside of them; a split's weight is the exponential of the sum of its spans'
scores (Sarawagi & Cohen 2004). The probability of a span is its share of the weight of all splits, by the forward-backward algorithm.
"""

from bisect import bisect_left
from typing import Any

import numpy as np
import numpy.typing as npt

ROLES = ("source", "cue", "content")
NEVER = -1e4
Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]


def span_scores(start: Floats, end: Floats, inside: Floats, query: Floats, key: Floats, longest: int) -> Floats:
    """Return the score of every span: shape (..., T, T), entry [i, j] for tokens i to j inclusive, ``NEVER`` where j < i or the span is too long.

    score(i, j) = start[i] + end[j] + inside[i] + ... + inside[j] + query[i] · key[j] / sqrt(d), for ``start``, ``end``, ``inside`` of shape (..., T) and
    ``query``, ``key`` of shape (..., T, d).
    """
    width = start.shape[-1]
    after = np.cumsum(inside, axis=-1)
    score = (query @ np.swapaxes(key, -1, -2)) / np.float32(np.sqrt(query.shape[-1]))
    score += (start - after + inside)[..., :, None] + (end + after)[..., None, :]
    i, j = np.arange(width)[:, None], np.arange(width)[None, :]
    return np.where((j >= i) & (j - i < longest), score, np.float32(NEVER))


def log_sum(values: Floats) -> Floats:
    """Return log(sum(exp(values))) over the last axis."""
    top = values.max(-1)
    return np.asarray(top + np.log(np.exp(values - top[..., None]).sum(-1)))


def posteriors(score: Floats, longest: int) -> Floats:
    """Return the probability of every span, shape (n, T, T), from scores of the same shape."""
    n, width, _ = score.shape
    before = np.zeros((n, width + 1), dtype=np.float32)
    behind = np.zeros((n, width + 1), dtype=np.float32)
    by_end = np.ascontiguousarray(np.swapaxes(score, 1, 2))
    for t in range(width):
        low = max(0, t + 1 - longest)
        ending = log_sum(before[:, low : t + 1] + by_end[:, t, low : t + 1])
        before[:, t + 1] = np.logaddexp(before[:, t], ending)
    for t in range(width - 1, -1, -1):
        high = min(width, t + longest)
        starting = log_sum(behind[:, t + 1 : high + 1] + score[:, t, t:high])
        behind[:, t] = np.logaddexp(behind[:, t + 1], starting)
    return np.exp(np.minimum(before[:, :-1, None] + score + behind[:, None, 1:] - before[:, -1][:, None, None], 0))


def candidates(posterior: Floats, least: float = 0.02) -> Floats:
    """Return the spans of at least a probability, shape (n, 4), ordered by their end: first token, last token, probability, cover.

    The cover of a span is the mean probability of its tokens to be in any span.

    Parameters
    ----------
    posterior : numpy.ndarray
        Shape (T, T), from ``posteriors``.
    least : float
        Least probability.
    """
    j, i = np.nonzero(least < posterior.T)
    change = np.zeros(len(posterior) + 1)
    change[:-1] += posterior.sum(1)
    change[1:] -= posterior.sum(0)
    total = np.concatenate([[0.0], np.cumsum(np.cumsum(change)[:-1])])
    return np.stack([i, j, posterior[i, j], (total[j + 1] - total[i]) / (j + 1 - i)], axis=1)


def best_spans(spans: Floats, threshold: float, cover: float) -> Ints:
    """Return the indices of the disjoint spans with the largest total gain, in order.

    The gain of a span is its probability − ``threshold`` + ``cover`` · (its cover − 0.5): the first part maximises expected exact matches (the best
    threshold for F1 is half of the F1 reached; Lipton et al. 2014), the second keeps spans that are certain but for their ends.

    Parameters
    ----------
    spans : numpy.ndarray
        Shape (n, 4), from ``candidates``.
    """
    gain = spans[:, 2] - threshold + cover * (spans[:, 3] - 0.5)
    ends, best, chosen = [-1], [0.0], [(-1, 0)]
    for k in np.flatnonzero(gain > 0).tolist():
        first, last = int(spans[k, 0]), int(spans[k, 1])
        at = bisect_left(ends, first) - 1
        if (value := best[at] + float(gain[k])) > best[-1]:
            if ends[-1] == last:
                best[-1], chosen[-1] = value, (k, at)
            else:
                ends.append(last)
                best.append(value)
                chosen.append((k, at))
    out, at = [], len(ends) - 1
    while at:
        k, at = chosen[at]
        out.append(k)
    return np.array(out[::-1], dtype=np.int64)
