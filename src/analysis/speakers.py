"""Who holds each attributed statement: sources resolved to names, within one article and across articles."""

from collections.abc import Sequence

from analysis.aliases import Aliases, load_aliases
from analysis.nesting import covering
from analysis.resolving import Attribution, Resolver, Spans, Speaker

__all__ = ["Attribution", "Speaker", "holder_of", "resolve_speakers"]

LEAST = 0.2  # share of a sentence below which an attribution beside the place says nothing about it


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

    1. Where what covers the place is reported from other sentences only, while this sentence has source and cue of a report of its own
       ("…, Roe said"), its own report holds it: taggers reach over the edges of sentences more often than writers do. (In a
       speech only if no content at all was found for it.)
    2. Else the innermost attribution whose content covers the place.
    3. Else the one whose source, cue and content together fill most of the sentence (the earlier one of equals), if they fill at
       least a fifth of it: "Roe accused NATO" is Roe's whether or not NATO was found to belong to the content.

    Acts and aims ("pledged", "wants"), and in a speech the words of others, hold a sentence only where they fill most of it
    (:attr:`Speaker.fills`), and an attribution whose speaker is not known never does: such words are the article's own voice, or the document's speaker's.

    Parameters
    ----------
    attributions, speakers : sequences
        As given to and returned by :func:`resolve_speakers`.
    start, end : int
        The place, such as the mention of a target, half-open, in characters of the article.
    within : (int, int), optional
        The sentence around it. Without it only contents that cover the place count, however little they fill.

    Returns
    -------
    int or None
        Index of the attribution; None: the article's own voice, or the document's speaker.
    """
    named = [k for k in range(len(attributions)) if speakers[k].name]
    inner = [k for k in covering([a.content for a in attributions], start, end) if speakers[k].name]
    if within is not None:
        share = {k: _share(attributions[k], within) for k in named}
        inner = [k for k in inner if share[k] >= speakers[k].fills]
        here = [k for k in named if speakers[k].fills <= 0.6 and _overlap(attributions[k].cue, *within)]
        own = [k for k in here if (not attributions[k].content or not speakers[k].fills) and _overlap(attributions[k].source, *within)]
        if own and not set(inner) & set(here):
            return max(own, key=lambda k: (share[k], -k))
    if inner:
        return min(inner, key=lambda k: (_length(attributions[k].content), k))
    if within is None:
        return None
    most = max(((filled, -k) for k, filled in share.items() if filled >= max(LEAST, speakers[k].fills)), default=None)
    return -most[1] if most else None


def _share(a: Attribution, within: tuple[int, int]) -> float:
    filled = sum(_overlap(getattr(a, part), *within) for part in ("source", "cue", "content"))
    return filled / max(1, within[1] - within[0])


def _length(pieces: Spans) -> int:
    return sum(e - s for s, e in pieces)


def _overlap(pieces: Spans, start: int, end: int) -> int:
    return sum(max(0, min(e, end) - max(s, start)) for s, e in pieces)
