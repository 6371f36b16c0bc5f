"""Text to tokens to overlapping windows, and back: what an encoder of bounded width needs to read a whole article."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
OPEN_LINE = re.compile(r"[^.!?:;\"'”’»)\]\s]\s*$")
WRAP_CHARS = 50
SEPARATOR_SHAPE = 7


@dataclass(frozen=True)
class Tokens:
    """The word pieces of a text; every array has shape (n,).

    ``shape`` codes what an uncased vocabulary loses: 1 no capital, 2 a capital first, 3 all capitals, plus 3 after white space; 7 is a
    separator between paragraphs, whose ``start`` and ``end`` coincide. ``line`` numbers the paragraphs, -1 for separators.
    """

    ids: Ints
    shape: Ints
    start: Ints
    end: Ints
    line: Ints


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Return the offsets of the paragraphs of a text: its lines, but hard-wrapped lines are joined.

    A line is taken to go on in the next one when it is at least 50 characters long, ends without punctuation and no blank line follows.
    """
    out: list[tuple[int, int]] = []
    for match in LINE.finditer(text):
        if not match.group().strip():
            continue
        start, end = match.span()
        if out:
            before = text[out[-1][0] : out[-1][1]]
            gap = text[out[-1][1] : start]
            last_line = before[before.rfind("\n") + 1 :]
            if gap in ("\n", "\r\n") and len(last_line) >= WRAP_CHARS and OPEN_LINE.search(last_line[-20:]):
                out[-1] = (out[-1][0], end)
                continue
        out.append((start, end))
    return out


def shape_of(text: str, start: int, end: int) -> int:
    """Return the shape code of the token ``text[start:end]``."""
    word = text[start:end]
    capitals = 1 if not word[0].isupper() else 3 if len(word) > 1 and word.isupper() else 2
    return capitals + (3 if start == 0 or text[start - 1].isspace() else 0)


def encode(text: str, tokenizer: Any, separator: int) -> Tokens:
    """Return the tokens of a text, paragraph by paragraph with a separator token between two of them."""
    bounds = paragraphs(text)
    ids, shape, start, end, line = [], [], [], [], []
    encodings = tokenizer.encode_batch([text[s:e] for s, e in bounds], add_special_tokens=False)
    for number, ((offset, _), encoding) in enumerate(zip(bounds, encodings, strict=True)):
        if number:
            ids.append(separator)
            shape.append(SEPARATOR_SHAPE)
            start.append(offset)
            end.append(offset)
            line.append(-1)
        for token, (s, e) in zip(encoding.ids, encoding.offsets, strict=True):
            if s < e:
                ids.append(token)
                shape.append(shape_of(text, offset + s, offset + e))
                start.append(offset + s)
                end.append(offset + e)
                line.append(number)
    return Tokens(*(np.array(column, dtype=np.int64) for column in (ids, shape, start, end, line)))


def cut(tokens: Tokens, width: int, overlap: int) -> list[tuple[int, int]]:
    """Return overlapping windows as half-open ranges of token indices, none wider than ``width``.

    A window starts at a paragraph where one starts late enough for the overlap, so that paragraphs are seldom cut.
    """
    n = len(tokens.ids)
    heads = np.flatnonzero(np.diff(tokens.line, prepend=-2) > 0) if n else np.zeros(0, dtype=np.int64)
    windows, start = [], 0
    while n:
        windows.append((start, min(n, start + width)))
        if start + width >= n:
            break
        latest = start + width - overlap
        fitting = heads[(heads > start + width // 3) & (heads <= latest)]
        start = int(fitting[-1]) if len(fitting) else latest
    return windows


def most_central(windows: list[tuple[int, int]], n: int) -> Iterator[tuple[int, int, int]]:
    """Yield (window, start, end): each of ``n`` tokens belongs to the window in which it is farthest from an edge, the text's own ends aside."""
    begin = 0
    for k, (_, stop) in enumerate(windows):
        end = n if k + 1 == len(windows) else (stop + windows[k + 1][0] + 1) // 2
        if begin < end:
            yield k, begin, end
        begin = max(begin, end)


def pieces_of_lines(tokens: Tokens, longest: int, ends: Ints) -> list[tuple[int, int]]:
    """Return ranges of token indices, one a paragraph; a paragraph above ``longest`` tokens is cut after the last of ``ends`` (sentence ends) that fits."""
    out = []
    changes = np.flatnonzero(np.diff(tokens.line)) + 1
    bounds = [0, *changes.tolist(), len(tokens.line)]
    for start, stop in pairwise(bounds):
        if start == stop or tokens.line[start] < 0:
            continue
        while stop - start > longest:
            fitting = ends[(ends > start + longest // 2) & (ends <= start + longest)]
            middle = int(fitting[-1]) if len(fitting) else start + longest
            out.append((start, middle))
            start = middle
        out.append((start, stop))
    return out


def sentence_ends(text: str, tokens: Tokens) -> Ints:
    """Return the indices of the tokens that follow a full stop, exclamation or question mark."""
    return np.array(
        [k + 1 for k, (s, e) in enumerate(zip(tokens.start, tokens.end, strict=True)) if text[s:e] in (".", "!", "?")], dtype=np.int64
    )
