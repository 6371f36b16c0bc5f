"""PolNeAR articles as token windows with spans and links."""

import random
from dataclasses import dataclass, field

import numpy as np

from analysis.windows import SEPARATOR_SHAPE, Tokens, pieces_of_lines, sentence_ends

ROLES = ("source", "cue", "content")
EDGE = " \t\n\r\"'“”‘’«».,;:"


@dataclass
class Window:
    """Some consecutive paragraphs of an article.

    ``lines`` are half-open token ranges; ``spans`` per role are (first, last) tokens; ``links`` are pairs of indices into the spans:
    (content, cue) and (cue, source or -1).
    """

    ids: list[int]
    shape: list[int]
    lines: list[tuple[int, int]]
    spans: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: {role: [] for role in ROLES})
    content_cue: list[tuple[int, int]] = field(default_factory=list)
    cue_source: list[tuple[int, int]] = field(default_factory=list)


def trim(text: str, piece: list[int]) -> tuple[int, int]:
    """Return the piece without white space, quotation marks and .,;: at its ends: what exact match compares."""
    start, end = piece
    while start < end and text[start] in EDGE:
        start += 1
    while end > start and text[end - 1] in EDGE:
        end -= 1
    return start, end


def token_span(text: str, piece: list[int], tokens: Tokens) -> tuple[int, int] | None:
    """Return the (first, last) token of a piece, or None where it holds no token or crosses a paragraph's end."""
    start, end = trim(text, piece)
    first = int(np.searchsorted(tokens.end, start, side="right"))
    while first < len(tokens.ids) and tokens.line[first] < 0:
        first += 1
    last = int(np.searchsorted(tokens.start, end, side="left")) - 1
    while last >= 0 and tokens.line[last] < 0:
        last -= 1
    if start >= end or first > last or tokens.line[first] != tokens.line[last]:
        return None
    return first, last


def gold(article: dict, tokens: Tokens) -> tuple[dict[str, list[tuple[int, int]]], list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the article's spans by role, its (content, cue) links and its (cue, source or -1) links. Of two spans of a role that overlap the first stays."""
    spans: dict[str, list[tuple[int, int]]] = {role: [] for role in ROLES}
    taken = {role: np.zeros(len(tokens.ids), dtype=bool) for role in ROLES}
    content_cue, cue_source = [], []
    for attribution in article["attributions"]:
        own: dict[str, list[int]] = {role: [] for role in ROLES}
        for role in ROLES:
            for piece in attribution[role]:
                span = token_span(article["text"], piece, tokens)
                if span is None:
                    continue
                if span in spans[role]:
                    own[role].append(spans[role].index(span))
                elif not taken[role][span[0] : span[1] + 1].any():
                    taken[role][span[0] : span[1] + 1] = True
                    own[role].append(len(spans[role]))
                    spans[role].append(span)
        if own["cue"]:
            content_cue += [(c, own["cue"][0]) for c in own["content"]]
            cue_source.append((own["cue"][0], own["source"][0] if own["source"] else -1))
    return spans, content_cue, cue_source


def windows(article: dict, tokens: Tokens, width: int, rng: random.Random) -> list[Window]:
    """Return the article packed into windows of whole paragraphs, the first of a random width so that every epoch cuts elsewhere."""
    spans, content_cue, cue_source = gold(article, tokens)
    packs: list[list[tuple[int, int]]] = []
    room = 0
    for start, stop in pieces_of_lines(tokens, width, sentence_ends(article["text"], tokens)):
        if not packs or stop - packs[-1][0][0] > room:
            room = width if packs else max(int(width * rng.uniform(0.3, 1.0)), stop - start)
            packs.append([])
        packs[-1].append((start, stop))
    out = []
    for lines in packs:
        a, b = lines[0][0], lines[-1][1]
        window = Window(tokens.ids[a:b].tolist(), tokens.shape[a:b].tolist(), [(s - a, e - a) for s, e in lines])
        index = {}
        for role in ROLES:
            kept = [k for k, (first, last) in enumerate(spans[role]) if any(s <= first and last < e for s, e in lines)]
            index[role] = {k: n for n, k in enumerate(kept)}
            window.spans[role] = [(spans[role][k][0] - a, spans[role][k][1] - a) for k in kept]
        window.content_cue = [(index["content"][c], index["cue"][q]) for c, q in content_cue if c in index["content"] and q in index["cue"]]
        window.cue_source = [
            (index["cue"][q], index["source"].get(s, -1)) for q, s in cue_source if q in index["cue"] and (s < 0 or s in index["source"])
        ]
        out.append(window)
    return out


def disturb(window: Window, quotes: dict[int, int], rng: random.Random) -> Window:
    """Return the window as another newsroom may have set it: straight quotation marks, no capitals known, or all capitals, each now and then."""
    ids, shape = window.ids, window.shape
    if rng.random() < 0.15:
        ids = [quotes.get(i, i) for i in ids]
    draw = rng.random()
    if draw < 0.03:
        shape = [s if s == SEPARATOR_SHAPE else 3 + 3 * (s > 3) for s in shape]
    elif draw < 0.06:
        shape = [s if s == SEPARATOR_SHAPE else 1 + 3 * (s > 3) for s in shape]
    return Window(ids, shape, window.lines, window.spans, window.content_cue, window.cue_source)
