"""What a cue does: reports words, tells an act, or goes on with what somebody said before."""

import re

from analysis.words import words

# Cues of several words that report what somebody said, and those of meetings and signatures, which are the text's own account.
_SPEAKS = re.compile(
    r"\b(?:dr[ae]w(?:ing|n)?\b.*\battention|(?:gave|give[sn]?|giving|shar(?:e|es|ed|ing)|ma[dk]e(?:s)? (?:it )?clear|(?:is|was|been|very) (?:very )?(?:clear|vocal)|laid out|lays out|"
    r"reaffirm(?:s|ed|ing)|official line|spoke of|speaks of))\b"
)
_MEETS = re.compile(r"(?:also |then |further )?(?:discuss|sign|exchang|spoke (?:about|with)|talked (?:about|with)|negotiat|met\b)")
_PASSIVE = re.compile(
    r"(?:attention was drawn|concerns? (?:was|were) (?:expressed|voiced)|(?:was|were) (?:also |further |again )?(?:emphasi[sz]ed|stressed|noted|underlined|underscored|pointed out|highlighted))\b",
    re.IGNORECASE,
)


def fills(cue: str, kind: str, speech: bool, joint: bool) -> float:
    """Return the share of a sentence an attribution must fill to be its holder's (see ``resolving.Speaker``).

    Parameters
    ----------
    cue : str
        The words that attribute.
    kind : str
        What the source is: person, office, body, group, they …
    speech : bool
        Whether the document is somebody's speech.
    joint : bool
        Whether it is a joint statement, in which the parties speak as one.
    """
    low = cue.lower()
    if _MEETS.match(low) or (joint and kind in ("group", "they", "body")):
        return 2.0
    said = words().says.intersection(re.findall(r"[^\W\d_]+", low)) or _SPEAKS.search(low) or _PASSIVE.search(low)
    if not low.strip() or ":" in low or said:
        return (2.0 if kind == "group" else 0.6) if speech else 0.0
    return 2.0 if speech or (joint and kind != "person") else 0.8


def goes_on(cue: str) -> bool:
    """Whether a cue without a source, "it was stressed that …", goes on with what was said before it."""
    return bool(_PASSIVE.search(cue))
