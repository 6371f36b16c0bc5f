"""Attributions inside the content of others."""

from collections.abc import Sequence

Spans = tuple[tuple[int, int], ...]


def covering(contents: Sequence[Spans], start: int, end: int) -> list[int]:
    """Return the indices of the contents one piece of which covers ``start`` to ``end``."""
    return [k for k, pieces in enumerate(contents) if any(s <= start and end <= e for s, e in pieces)]


def enclosing(attributions: Sequence[tuple[Spans, Spans, Spans]]) -> list[int | None]:
    """Return for each attribution the innermost one whose content holds its source, cue and content.

    Parameters
    ----------
    attributions : sequence of (source, cue, content)
        Each a tuple of half-open pieces.

    Returns
    -------
    list of int or None
        Index of the enclosing attribution, None where there is none. Never a circle: what encloses is longer.
    """
    pieces = sorted((s, e, k) for k, (_, _, content) in enumerate(attributions) for s, e in content)
    length = [sum(e - s for s, e in content) for _, _, content in attributions]
    places = sorted((min(s for part in a for s, _ in part), k) for k, a in enumerate(attributions) if any(a))
    found: list[int | None] = [None] * len(attributions)
    active: list[tuple[int, int, int]] = []
    i = 0
    for at, k in places:
        while i < len(pieces) and pieces[i][0] <= at:
            active.append(pieces[i])
            i += 1
        active = [p for p in active if p[1] > at]
        own = [p for part in attributions[k] for p in part]
        size = sum(e - s for s, e in own)
        fitting = [
            j
            for j in {p[2] for p in active}
            if j != k and length[j] > size * 0.9 and length[j] > length[k] and _holds(attributions[j][2], own)
        ]
        found[k] = min(fitting, key=lambda j: (length[j], j), default=None)
    return found


def _holds(content: Spans, pieces: list[tuple[int, int]]) -> bool:
    # The last mark of a sentence is now inside, now outside a content: two characters at an edge are forgiven.
    return all(any(s - 2 <= a and b <= e + 2 for s, e in content) for a, b in pieces)
