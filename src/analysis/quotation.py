"""What stands in quotation marks."""

from collections.abc import Sequence

CLOSING = {"“": "”", "«": "»", "„": "“”"}
STRAIGHT = '"'


def quoted(text: str) -> bytearray:
    """Mark the characters between quotation marks.

    Parameters
    ----------
    text : str
        Any text. Marks may be mixed or unbalanced: one that is never closed reaches to the end of its paragraph, as in quotations that run over
        several paragraphs.

    Returns
    -------
    bytearray
        One byte a character: 1 inside quotation marks and on the marks themselves, else 0. Single marks are left out; they are mostly apostrophes.
    """
    marks = bytearray(len(text))
    closing = ""
    for i, c in enumerate(text):
        if c == "\n" and text[i + 1 : i + 2] == "\n":
            closing = ""
        elif closing:
            marks[i] = 1
            if c in closing:
                closing = ""
        elif c in CLOSING or c == STRAIGHT:
            closing = CLOSING.get(c, STRAIGHT)
            marks[i] = 1
    return marks


def kind_of(pieces: Sequence[tuple[int, int]], marks: bytearray) -> str:
    """Tell how words are reported: direct, all in quotation marks; mixed, some; indirect, none.

    Parameters
    ----------
    pieces : sequence of (int, int)
        Half-open offsets of the words.
    marks : bytearray
        Of ``quoted``. A tenth outside still counts as direct: a comma before the closing mark, a dash.
    """
    total, inside = sum(b - a for a, b in pieces), sum(sum(marks[a:b]) for a, b in pieces)
    return "indirect" if inside == 0 else "direct" if inside >= 0.9 * total else "mixed"
