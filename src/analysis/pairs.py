"""How a statement and a target are written down for a stance model: one place, used in training and at run time."""

MARKERS = ("[unused1]", "[unused2]")
BEFORE, AFTER, CONTEXT = 500, 400, 200


def crop(text: str, start: int, end: int) -> tuple[str, int, int]:
    """Return the part of a long text around ``text[start:end]``, cut at spaces, and the offsets in it."""
    left = 0 if start <= BEFORE else text.rfind(" ", 0, start - BEFORE) + 1
    right = len(text) if len(text) - end <= AFTER else text.find(" ", end + AFTER)
    return text[left : right if right != -1 else len(text)], start - left, end - left


def encode_pair(text: str, start: int, end: int, holder: str = "", context: str = "") -> tuple[str, str]:
    """Write a statement and its target as the two segments a stance model reads.

    Parameters
    ----------
    text : str
        The statement.
    start, end : int
        Half-open character offsets of the mention of the target in ``text``.
    holder : str
        Whose words the statement gives; empty where unknown.
    context : str
        What stands before the statement; the last 200 characters are used.

    Returns
    -------
    tuple of str
        The statement with the mention between the two markers, and ``mention | holder | context``.

    Raises
    ------
    ValueError
        If the offsets do not mark a non-empty part of ``text``.
    """
    if not 0 <= start < end <= len(text):
        raise ValueError(f"start={start}, end={end} do not mark a part of a text of {len(text)} characters")
    text, start, end = crop(text, start, end)
    surface = text[start:end]
    marked = f"{text[:start]}{MARKERS[0]} {surface} {MARKERS[1]}{text[end:]}"
    return marked, f"{surface} | {holder} | {context[-CONTEXT:]}"
