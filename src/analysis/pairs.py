"""How a statement and a target are written down for a stance model: one place, used in training and at run time."""

import re

MARKERS = ("[unused1]", "[unused2]")
# What tokenizers take for tokens of their own: in a text they are words like any other.
SPECIAL = re.compile(r"[\[<](/?(?:s|pad|unk|mask|cls|sep|unused\d+))[\]>]", re.IGNORECASE)
BEFORE, AFTER, CONTEXT, WORD = 500, 400, 200, 100


def crop(text: str, start: int, end: int, share: int = 1) -> tuple[str, int, int]:
    """Return the part of a long text around ``text[start:end]``, and the offsets in it.

    At most 500 characters before and 400 after, divided by ``share``, and up to 100 more to cut at a space.
    """
    before, after = BEFORE // share, AFTER // share
    left, right = 0, len(text)
    if start > before:
        space = text.rfind(" ", max(0, start - before - WORD), start - before)
        left = space + 1 if space != -1 else start - before
    if right - end > after:
        space = text.find(" ", end + after, end + after + WORD)
        right = space if space != -1 else end + after
    return text[left:right], start - left, end - left


def encode_pair(
    text: str, start: int, end: int, holder: str = "", context: str = "", share: int = 1, in_context: bool = False
) -> tuple[str, str]:
    """Write a statement and its target as the two segments a stance model reads.

    Parameters
    ----------
    text : str
        The statement.
    start, end : int
        Half-open character offsets of the mention of the target in ``text``, or in ``context`` where ``in_context``.
    holder : str
        Whose words the statement gives; empty where unknown.
    context : str
        What stands before the statement; the last 200 characters are used.
    share : int
        How much closer than usual to crop; the trained models' is 1.
    in_context : bool
        Whether the target is named only before the statement; the mention is marked there.

    Returns
    -------
    tuple of str
        The statement, and ``mention | holder | context``; the mention stands between the two markers where it was found.

    Raises
    ------
    ValueError
        If the offsets do not mark a non-empty part of ``text``, or of ``context``.
    """
    text, holder, context = plain(text), plain(holder), plain(context)
    marked = context if in_context else text
    if not 0 <= start < end <= len(marked):
        raise ValueError(f"start={start}, end={end} do not mark a part of a text of {len(marked)} characters")
    if in_context:
        near = max(0, min(start, len(context) - CONTEXT))
        text = text[: (BEFORE + AFTER) // share]
        return text, f"{context[start:end]} | {holder} | {context[near:start]}{_between(context[start:end])}{context[end:]}"
    text, start, end = crop(text, start, end, share)
    surface = text[start:end]
    return f"{text[:start]}{_between(surface)}{text[end:]}", f"{surface} | {holder} | {context[-CONTEXT:]}"


def plain(text: str) -> str:
    """Return the text with round brackets around what a tokenizer would take for a token of its own, such as ``[SEP]``; it stays as long as it is."""
    return SPECIAL.sub(r"(\1)", text)


def fitting(text: str, context: str, most: int = CONTEXT, room: int | None = None) -> str:
    """Return the end of the context a model reads: at most ``most`` characters and, where it has ``room``, what a statement leaves of that many.

    A short statement needs its context more than a long one does, and inputs of one length are quickest.
    """
    kept = most if room is None else max(0, min(most, room - len(text)))
    return context[-kept:] if kept else ""


def _between(surface: str) -> str:
    return f"{MARKERS[0]} {surface} {MARKERS[1]}"
