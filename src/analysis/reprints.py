"""Reprints: articles that repeat an earlier one, nearly word for word."""

import re
import zlib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

SHINGLE, MIN_WORDS, PERMUTATIONS = 3, 20, 128


def find_reprints(texts: Sequence[str], published: Sequence[date | None], speakers: Sequence[str], threshold: float) -> list[int | None]:
    """Find for every article the earlier one it repeats.

    Articles are taken from the earliest on, those without a date last, equals in the order given. One that overlaps with an
    earlier original by at least ``threshold`` is its reprint; others are originals themselves, so no reprint of a reprint
    drifts away from what it points to. Overlap is the Jaccard index of the sets of three-word sequences. MinHash with
    locality-sensitive hashing (Broder 1997; datasketch) proposes the pairs, so time grows with the number of articles and not
    with its square; every proposal is then verified exactly.

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
    if len(texts) < 2:
        return [None] * len(texts)
    # It brings scipy.integrate along, the slowest import of a run: not for a single article.
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(num_perm=PERMUTATIONS, params=_bands(threshold))
    shingles = lru_cache(maxsize=4096)(lambda i: shingle_hashes(texts[i]))
    order = sorted(range(len(texts)), key=lambda i: (published[i] is None, published[i] or date.min, i))
    rank = {i: place for place, i in enumerate(order)}
    base = MinHash(num_perm=PERMUTATIONS, hashfunc=int)
    originals: list[int | None] = [None] * len(texts)
    for i in order:
        mine = shingles(i)
        if len(mine) < MIN_WORDS - SHINGLE + 1:
            continue
        sketch = base.copy()
        sketch.update_batch(mine & np.uint64(0xFFFFFFFF))
        for j in sorted(index.query(sketch), key=rank.__getitem__):
            differ = speakers[i] and speakers[j] and speakers[i] != speakers[j]
            if not differ and jaccard(mine, shingles(j)) >= threshold:
                originals[i] = j
                break
        else:
            index.insert(i, sketch)
    return originals


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
        mixed = (mixed + words[offset : len(mixed) + offset]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


def jaccard(left: npt.NDArray[np.uint64], right: npt.NDArray[np.uint64]) -> float:
    """Return the share of the elements of either set that both have, 0 to 1."""
    both = len(np.intersect1d(left, right, assume_unique=True))
    return both / max(1, len(left) + len(right) - both)
