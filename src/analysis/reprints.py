"""Reprints: articles that repeat an earlier one, nearly word for word."""

import math
import re
import zlib
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

SHINGLE, MIN_WORDS, PERMUTATIONS = 3, 20, 128


def find_reprints(texts: Sequence[str], published: Sequence[date | None], speakers: Sequence[str], threshold: float) -> list[int | None]:
    """Find for every article the earlier one it repeats: ``Sketches`` of texts that are all in memory.

    Parameters
    ----------
    texts : sequence of str, length n
    published : sequence of date or None, length n
    speakers : sequence of str, length n
        Whose speech the document is, or empty; equal words of two speakers are no reprint.
    threshold : float
        Least overlap, above 0, at most 1.

    Returns
    -------
    list of int or None, length n
        Index of the original, None for originals. Texts of fewer than 20 words ("Thank you.") are never reprints.
    """
    sketches = Sketches(threshold)
    for text, day, speaker in zip(texts, published, speakers, strict=True):
        sketches.add(text, day, speaker)
    return sketches.reprints(texts.__getitem__)


class Sketches:
    """What is kept of each text to find reprints, about a kilobyte, while the texts are elsewhere.

    Articles are taken from the earliest on, those without a date last, equals in the order given. One that overlaps with an earlier original by at least
    ``threshold`` is its reprint; others are originals themselves, so no reprint of a reprint drifts away from what it points to. Overlap is the Jaccard index of
    the sets of three-word sequences. MinHash (Broder 1997; datasketch) in bands proposes the pairs, so time grows with the number of articles and not with its
    square; every proposal whose sketches agree is then verified exactly.

    Parameters
    ----------
    threshold : float
        Least overlap, above 0, at most 1.
    """

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self.published: list[date | None] = []
        self.speakers: list[str] = []
        self._sketches: list[npt.NDArray[np.uint32] | None] = []
        self._waiting: npt.NDArray[np.uint64] | None = None

    def add(self, text: str, published: date | None, speaker: str) -> None:
        """Take up the next text."""
        self.published.append(published)
        self.speakers.append(speaker)
        # What makes sketches brings scipy.integrate along, the slowest import of a run: not for a single article.
        if len(self.published) == 1:
            self._waiting = shingle_hashes(text)
            return
        if self._waiting is not None:
            self._sketches.append(_sketch(self._waiting))
            self._waiting = None
        self._sketches.append(_sketch(shingle_hashes(text)))

    def reprints(self, text_of: Callable[[int], str]) -> list[int | None]:
        """Return the index of each text's original, None for originals; ``text_of`` gives back the text of an index."""
        n = len(self.published)
        originals: list[int | None] = [None] * n
        if n < 2:
            return originals
        known = np.array([i for i, sketch in enumerate(self._sketches) if sketch is not None], dtype=np.int64)
        values = np.zeros((n, PERMUTATIONS), dtype=np.uint32)
        for i in known:
            values[i] = self._sketches[i]
        buckets, sizes = _buckets(values, known, *_bands(self.threshold))
        # Far below the threshold by the sketches, five standard errors, is below it: texts made of the same phrases are proposed in crowds.
        least = PERMUTATIONS * self.threshold - 5 * math.sqrt(PERMUTATIONS * self.threshold * (1 - self.threshold))
        shingles = lru_cache(maxsize=256)(lambda i: shingle_hashes(text_of(i)))
        order = sorted(range(n), key=lambda i: (self.published[i] is None, self.published[i] or date.min, i))
        members, held = [np.empty(size, dtype=np.int32) for size in sizes], [0] * len(sizes)
        rank = np.empty(n, dtype=np.int64)
        rank[order] = np.arange(n)
        for i in order:
            mine = buckets[i][buckets[i] >= 0].tolist()
            proposed = np.unique(np.concatenate([np.empty(0, np.int32), *(members[bucket][: held[bucket]] for bucket in mine)]))
            near = proposed[(values[proposed] == values[i]).sum(axis=1) >= least]
            for j in near[np.argsort(rank[near])].tolist():
                differ = self.speakers[i] and self.speakers[j] and self.speakers[i] != self.speakers[j]
                if not differ and jaccard(shingles(i), shingles(j)) >= self.threshold:
                    originals[i] = j
                    break
            else:
                for bucket in mine:
                    members[bucket][held[bucket]] = i
                    held[bucket] += 1
        return originals


def _buckets(
    values: npt.NDArray[np.uint32], known: npt.NDArray[np.int64], bands: int, rows: int
) -> tuple[npt.NDArray[np.int32], list[int]]:
    """Return for each text and band the number of its bucket, -1 where it is alone in it, shape (n, bands), and how many are in each bucket."""
    found = np.full((len(values), bands), -1, dtype=np.int32)
    sizes: list[int] = []
    for band in range(bands):
        key = np.zeros(len(known), dtype=np.uint64)
        for column in range(band * rows, (band + 1) * rows):
            key = _mixed(key + values[known, column])
        _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
        number = np.where(count > 1, np.cumsum(count > 1) - 1 + len(sizes), -1)
        found[known, band] = number[inverse]
        sizes += count[count > 1].tolist()
    return found, sizes


def _sketch(shingles: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint32] | None:
    """Return the MinHash of a text, None where it is too short to be a reprint."""
    if len(shingles) < MIN_WORDS - SHINGLE + 1:
        return None
    sketch = _blank().copy()
    sketch.update_batch(shingles & np.uint64(0xFFFFFFFF))
    values = np.asarray(sketch.hashvalues, dtype=np.uint64)
    # Folded to half the bytes: equal stays equal, and what falls together by chance is proposed and found to differ.
    return ((values ^ (values >> np.uint64(32))) & np.uint64(0xFFFFFFFF)).astype(np.uint32)


@cache
def _blank() -> Any:
    from datasketch import MinHash

    return MinHash(num_perm=PERMUTATIONS, hashfunc=int)


def _bands(threshold: float) -> tuple[int, int]:
    """Return bands and rows: the longest rows, so the fewest false proposals, that propose a pair at the threshold with 99.9 %."""
    splits = [(PERMUTATIONS // rows, rows) for rows in range(PERMUTATIONS // 2, 0, -1)]
    return next((s for s in splits if 1 - (1 - threshold ** s[1]) ** s[0] >= 0.999), splits[-1])


def shingle_hashes(text: str) -> npt.NDArray[np.uint64]:
    """Return the sorted distinct hashes of a text's three-word sequences; case and punctuation do not count."""
    words = np.array([zlib.crc32(w.encode("utf-8")) for w in re.findall(r"\w+", text.lower())], dtype=np.uint64)
    if len(words) < SHINGLE:
        return np.empty(0, dtype=np.uint64)
    mixed = np.zeros(len(words) - SHINGLE + 1, dtype=np.uint64)
    for offset in range(SHINGLE):
        # Multiply, add and fold the high half down: both halves must depend on every word and on the order.
        mixed = _mixed(mixed + words[offset : len(mixed) + offset])
    return np.unique(mixed)


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    values = values * np.uint64(0x9E3779B97F4A7C15)
    return values ^ (values >> np.uint64(29))


def jaccard(left: npt.NDArray[np.uint64], right: npt.NDArray[np.uint64]) -> float:
    """Return the share of the elements of either set that both have, 0 to 1."""
    both = len(np.intersect1d(left, right, assume_unique=True))
    return both / max(1, len(left) + len(right) - both)
