"""Transcripts: who has the floor where, read off the names that open turns."""

import re

# "MR. PRICE:", "JANE ROE:", "Q:", "THE PRESIDENT:", "Vladimir Putin:" at the start of a line, with room for a role in brackets.
_CAPITALS = r"(?:[A-ZÀ-Þ][A-ZÀ-Þ.'’\-]*|Mc[A-Z]+)(?:,? [A-ZÀ-Þ][A-ZÀ-Þ.'’\-]*){0,6}"
_PROPER = r"[A-ZÀ-Þ][\w.'’\-]+(?: (?:[A-ZÀ-Þ][\w.'’\-]*|of|the|de|von|der|van|al|bin)){1,5}"
_TURN = re.compile(
    rf"^[ \t]*(?:\*\*)?(?P<name>{_CAPITALS}|{_PROPER})(?P<note> ?[(\[][^)\]\n]{{1,60}}[)\]])?(?:\*\*)?:(?:\*\*)?(?=\s)", re.MULTILINE
)
_QUESTION = re.compile(r"^[ \t]*(?P<name>Q)(?:uestion)?(?:[.:]|  +|\t)(?=\s*\S)", re.MULTILINE)
# Lines such as "NOTE:" or "UPDATE:" open no turn.
_NO_NAME = {"note", "update", "updated", "breaking", "photo", "video", "image", "watch", "read", "read more", "source", "sources", "editor’s note", "editor's note",
            "related", "context", "background", "analysis", "opinion", "exclusive", "live", "date", "time", "place", "subject", "to", "from", "cc", "re", "ps", "faq"}  # fmt: skip


def transcript_turns(text: str) -> list[tuple[int, int, str]]:
    r"""Return the turns of a transcript.

    A turn opens with a name and a colon at the start of a line (``MR. PRICE:``, ``JANE ROE:``, ``Q:``) and lasts to the next one.
    Fewer than two openings are no transcript: one line with a colon is found in any article.

    Parameters
    ----------
    text : str
        The whole document.

    Returns
    -------
    list of (int, int, str)
        Start and end of what is said (behind the colon, white space stripped, half-open, in characters) and the name as printed,
        capitals turned to title case; ``Q`` for an unnamed questioner. In order, without overlap. Text before the first turn
        belongs to none.

    Examples
    --------
    >>> transcript_turns("MS. ROE: Good morning.\nQ: Any news?")
    [(9, 22, 'Ms. Roe'), (26, 35, 'Q')]
    """
    openings = sorted({m.start("name"): m for p in (_TURN, _QUESTION) for m in p.finditer(text)}.items())
    found = [m for _, m in openings if m["name"].lower() not in _NO_NAME]
    # Names in small letters are trusted only where one comes back or others are in capitals: "Ten lessons:" in a list opens no turn.
    names = [m["name"] for m in found]
    if not any(len(n) > 1 and n.isupper() for n in names) and len(set(names)) == len(names):
        found = [m for m in found if m["name"].isupper()]
    if len(found) < 2:
        return []
    turns = []
    for m, after in zip(found, [*found[1:], None], strict=True):
        start, end = m.end(), after.start() if after else len(text)
        said = text[start:end]
        start += len(said) - len(said.lstrip())
        turns.append((start, max(start, start + len(said.strip())), _printed(m["name"])))
    return turns


def _printed(name: str) -> str:
    if name == "Q" or not name.isupper():
        return name
    # A particle such as McCARTHY keeps no small letter in capitals, so title case is the best guess.
    return re.sub(r"[^\W\d_]+", lambda m: m[0][0] + m[0][1:].lower(), name)
