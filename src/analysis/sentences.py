"""Sentence boundaries in news English, as offsets; the work is done by sentencex (Wikimedia)."""

import itertools
import re

import sentencex

LONG = 400  # characters after which a quotation of several sentences is taken apart
BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*•–—]\s|\d{1,2}[.)]\s))|\n(?=(?:Q|A|[A-Z][A-Z.'’ -]+):)")
QUOTES = str.maketrans(dict.fromkeys('"“”„«»‘', " "))
# Where the library cuts and a reader would not: 5 p.m. Monday; R-S.C.; No. 7; Jan. 9.
GLUE_AFTER = re.compile(
    r"(?:\b[ap]\.m\.|\b(?:[A-Z]\.)+|\b(?:No|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|Tues|Thurs|Gen|Lt|Col|Sen|Rep|Gov|vs|Mr|Mrs|Ms|Dr)\.)\s*$"
)
SURROGATE = re.compile("[\ud800-\udfff]")  # halves of characters, from broken JSON; the library refuses them
NUMBER = re.compile(r"\d{1,2}[.)]\s*")
GLUE_BEFORE = re.compile(
    r"[a-z,;:)]|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:EST|EDT|ET|GMT|UTC|CET|BST)\b|(?:Army|Navy|Air Force|President|Senate|Congress|Secretary)\b|[A-Z]\.(?:[A-Z]\.|,|\s)|\d"
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Cut a text into sentences.

    A quotation of several sentences stays whole with its attribution unless it is longer than 400 characters.

    Parameters
    ----------
    text : str
        Any text; blank lines, list items and speaker turns (``NAME:``) end a sentence.

    Returns
    -------
    list of tuple of int
        Half-open offsets without surrounding white space, in order, none empty, none overlapping; every character that is not
        white space lies in one of them.
    """
    text = SURROGATE.sub("\ufffd", text)
    spans: list[tuple[int, int]] = []
    at = 0
    for block in [*BLOCK.finditer(text), None]:
        stop = block.start() if block else len(text)
        for start, end in _cut(text, at, stop):
            spans += _take_apart(text, start, end) if end - start > LONG else [(start, end)]
        at = stop
    return spans


def _cut(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    at = start
    for segment in sentencex.segment("en", text[start:stop]):
        end = at + len(segment)
        before = text[pieces[-1][0] : at] if pieces else ""
        if pieces and (_belongs(before, segment) or (len(pieces) == 1 and NUMBER.fullmatch(before.lstrip()))):
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((at, end))
        at = end
    return [span for a, b in pieces if (span := _trim(text, a, b))[0] < span[1]]


def _belongs(before: str, after: str) -> bool:
    """Tell whether a cut between two pieces was a mistake."""
    unspaced = not before[-1:].isspace() and after[:1].isalpha() and before.endswith(".") and before[-3:-2] in " -."
    return unspaced or bool(GLUE_AFTER.search(before) and GLUE_BEFORE.match(after))


def _take_apart(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a long quotation at its inner sentences, keeping offsets: quotation marks are blanked, never removed."""
    inner = _cut(text.translate(QUOTES), start, end)
    if len(inner) < 2:
        return [(start, end)]
    cuts = [start, *(a for a, _ in inner[1:]), end]
    # A closing mark stands before the blank that separates two sentences and stays with the first; an opening one goes with the second.
    for i in range(1, len(cuts) - 1):
        while cuts[i] > cuts[i - 1] + 1 and text[cuts[i] - 1] in '"“„«‘':
            cuts[i] -= 1
    return [span for a, b in itertools.pairwise(cuts) if (span := _trim(text, a, b))[0] < span[1]]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
