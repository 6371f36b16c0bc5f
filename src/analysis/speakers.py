"""Who holds each attributed statement: sources resolved to names, within one article and across articles."""

from collections.abc import Sequence

from analysis.aliases import Aliases, load_aliases
from analysis.nesting import covering
from analysis.resolving import Attribution, Resolver, Spans, Speaker

__all__ = ["Attribution", "Speaker", "holder_of", "resolve_speakers"]


def resolve_speakers(
    text: str, attributions: Sequence[Attribution], title: str = "", speaker: str | None = None, aliases: Aliases | None = None
) -> list[Speaker]:
    """Return who speaks in each attribution.

    Full names are taken with the role beside them; surnames, offices ("the top diplomat") and pronouns go to the last fitting
    person; bodies and governments are kept as such. An attribution without a source continues the quotation before it, or has
    no name. First persons belong to whoever is being quoted, else to the document's speaker.

    Parameters
    ----------
    text : str
        The article.
    attributions : sequence of Attribution
        In any order; anything with ``source``, ``cue`` and ``content``, each a tuple of half-open pieces in characters of ``text``.
    title : str
        Headline; full names are looked for in it too.
    speaker : str, optional
        Whose speech the document is.
    aliases : Aliases, optional
        Spellings to join; the table shipped with the package unless given.

    Returns
    -------
    list of Speaker
        One for each attribution, in the same order.
    """
    if not attributions:
        return []
    return Resolver(text, attributions, title, speaker, aliases or load_aliases()).run()


def holder_of(
    attributions: Sequence[Attribution], speakers: Sequence[Speaker], start: int, end: int, within: tuple[int, int] | None = None
) -> int | None:
    """Return which attribution gives the words at a place: the rule by which a sentence gets one holder.

    The innermost attribution whose content covers the place holds it. Where none does, it is the attribution whose source, cue
    and content together fill most of the sentence (the earlier one of equals): "Roe accused NATO" has NATO in its content or
    not, as the tagger decides, and Roe holds it either way. An attribution without a known speaker counts like any other.

    Parameters
    ----------
    attributions, speakers : sequences
        As given to and returned by :func:`resolve_speakers`.
    start, end : int
        The place, such as the mention of a target, half-open, in characters of the article.
    within : (int, int), optional
        The sentence around it. Without it only contents that cover the place count.

    Returns
    -------
    int or None
        Index of the attribution; None: the article's own voice, or the document's speaker.
    """
    inner = covering([a.content for a in attributions], start, end)
    if inner:
        return min(inner, key=lambda k: (_length(attributions[k].content), k))
    if within is None:
        return None
    filled = [(sum(_overlap(getattr(a, part), *within) for part in ("source", "cue", "content")), -k) for k, a in enumerate(attributions)]
    most = max(filled, default=(0, 0))
    return -most[1] if most[0] > 0 else None


def _length(pieces: Spans) -> int:
    return sum(e - s for s, e in pieces)


def _overlap(pieces: Spans, start: int, end: int) -> int:
    return sum(max(0, min(e, end) - max(s, start)) for s, e in pieces)
