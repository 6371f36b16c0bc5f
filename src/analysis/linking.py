"""Which spans there are, which cue a content belongs to, and which source a cue has."""

from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.spans import ROLES, best_spans
from analysis.windows import Tokens

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]

TOGETHER = (5.0, 8.0)  # what a partner in the same sentence is preferred by: a content's cue, a cue's source
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


def link(tokens: Tokens, asks: Ints, answers: Ints, which: int, scores: Floats, settings: dict[str, Any], sentence: Ints) -> Ints:
    """Return for each asking span, shape (n, 2), the index of its answering span, -1 for none; ``which`` is 0 for content to cue, 1 for cue to source.

    Whatever is in the same paragraph comes before anything outside of it: fewer than one attribution in a hundred crosses paragraphs.
    """
    vectors = scores[:, len(ROLES) * (3 + 2 * settings["pair"]) :].reshape(len(scores), 4, -1)
    near = np.abs(asks[:, None, 0] - answers[None, :, 0]) < settings["width"]
    same = tokens.line[asks[:, 0]][:, None] == tokens.line[answers[:, 0]][None, :]
    near &= same | ~same.any(1, keepdims=True)
    together = sentence[asks[:, 0]][:, None] == sentence[answers[:, 0]][None, :]
    query, key = middle_of(vectors[:, 2 * which], asks), middle_of(vectors[:, 2 * which + 1], answers)
    return choose(
        query,
        key,
        bucket(asks, answers),
        near,
        np.array(settings["link_bias"][which]),
        settings["nothing"][which],
        together * TOGETHER[which],
    )


def resolve(
    tokens: Tokens, found: dict[str, Floats], scores: Floats, settings: dict[str, Any], ends: Ints
) -> tuple[dict[str, Ints], Ints, Ints]:
    """Return the chosen spans of each role, shape (n, 2), each content's cue and each cue's source (-1 for none).

    What is left alone makes a less likely partner believable, and the likeliest that would link to it is added: a cue to a source without one, a content and
    a source to a cue.
    """
    spans = {
        role: rows[best_spans(rows, settings["threshold"][role], settings["cover"][role]), :2].astype(np.int64)
        for role, rows in found.items()
    }
    sentence = np.searchsorted(ends, np.arange(len(tokens.ids)), side="right")
    spare = {role: disjoint(found[role], spans[role], settings["spare"][role]) for role in ROLES}
    source_of = link(tokens, spans["cue"], spans["source"], 1, scores, settings, sentence)
    wanted = set(range(len(spans["source"]))) - set(source_of.tolist())
    for cue, source in zip(spare["cue"], link(tokens, spare["cue"], spans["source"], 1, scores, settings, sentence).tolist(), strict=True):
        if source in wanted and not overlaps(cue, spans["cue"]):
            wanted.remove(source)
            spans["cue"], source_of = np.concatenate([spans["cue"], cue[None]]), np.append(source_of, source)
    cue_of = link(tokens, spans["content"], spans["cue"], 0, scores, settings, sentence)
    wanted = set(range(len(spans["cue"]))) - set(cue_of.tolist())
    for content, cue in zip(
        spare["content"], link(tokens, spare["content"], spans["cue"], 0, scores, settings, sentence).tolist(), strict=True
    ):
        if cue in wanted and not overlaps(content, spans["content"]):
            wanted.remove(cue)
            spans["content"], cue_of = np.concatenate([spans["content"], content[None]]), np.append(cue_of, cue)
    alone = np.flatnonzero(source_of < 0)
    for cue, best in zip(
        alone.tolist(), link(tokens, spans["cue"][alone], spare["source"], 1, scores, settings, sentence).tolist(), strict=True
    ):
        if best >= 0 and not overlaps(spare["source"][best], spans["source"]):
            source_of[cue] = len(spans["source"])
            spans["source"] = np.concatenate([spans["source"], spare["source"][best][None]])
    return spans, cue_of, source_of


def overlaps(span: Ints, others: Ints) -> bool:
    """Return whether a (first, last) span shares a token with any of the others, shape (n, 2)."""
    return bool(((others[:, 0] <= span[1]) & (span[0] <= others[:, 1])).any())


def disjoint(found: Floats, spans: Ints, least: float) -> Ints:
    """Return the likely spans of at least a probability that share no token with the chosen ones, likeliest first, shape (n, 2)."""
    rows = found[found[:, 2] >= least]
    rows = rows[np.argsort(-rows[:, 2], kind="stable")]
    free = [not overlaps(row, spans) for row in rows]
    return rows[np.array(free, dtype=bool), :2].astype(np.int64)
