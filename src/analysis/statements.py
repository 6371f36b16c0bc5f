"""Who says what: sentences, each with its holder."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from analysis.aliases import Aliases, load_aliases
from analysis.attribution import Attribution, AttributionTagger, load_tagger
from analysis.config import load_config
from analysis.nesting import covering
from analysis.quotation import kind_of, quoted
from analysis.sentences import sentence_spans
from analysis.speakers import Speaker, holder_of, resolve_speakers
from analysis.tables import TABLES, check, typed
from analysis.transcripts import transcript_turns

Span = tuple[int, int]
NOBODY = Speaker(None)


def extract_statements(
    articles: pd.DataFrame,
    tagger: AttributionTagger | None = None,
    *,
    context: int | None = None,
    aliases: Aliases | None = None,
    progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Cut articles into statements: each sentence, with the person or body whose words or view it gives.

    The holder of a sentence is that of the innermost attribution that covers it, else of the one that fills most of it. A sentence with several
    holders gives a statement for each; ``scope_spans`` says which words are whose. Unattributed sentences are narration, or the document's
    speaker's own words where the document is a speech.

    Parameters
    ----------
    articles : pandas.DataFrame
        Table ``articles``.
    tagger : AttributionTagger, optional
        Finds source, cue and content; the shipped default without it.
    context : int, optional
        Characters before a sentence kept as its context; the configuration's number without it.
    aliases : Aliases, optional
        Spellings of names to join across articles; the shipped table without it.
    progress : callable, optional
        Called with 1 after each article.

    Returns
    -------
    pandas.DataFrame
        Table ``statements``, in order of appearance; ``article.text[start:end] == text`` holds in every row.

    Raises
    ------
    ValueError
        If ``articles`` is not a valid table.
    """
    check(articles, "articles")
    config = load_config().statements
    tagger = tagger or load_tagger(config.tagger)
    aliases = aliases or load_aliases()
    kept = config.context if context is None else context
    rows: list[dict[str, Any]] = []
    columns = (articles["article_id"], articles["text"], articles["title"].fillna(""), articles["speaker"].fillna(""))
    for article_id, text, title, speaker in zip(*columns, strict=True):
        rows += statements_of(article_id, text, title, speaker, tagger, aliases, kept)
        if progress:
            progress(1)
    return check(typed(pd.DataFrame(rows, columns=list(TABLES["statements"].columns)), "statements"), "statements")


def statements_of(
    article_id: str, text: str, title: str, speaker: str, tagger: AttributionTagger, aliases: Aliases, context: int
) -> list[dict[str, Any]]:
    """Return the statements of one article as rows of the table."""
    attributions = tagger.spans(text)
    speakers = resolve_speakers(text, attributions, title=title, speaker=speaker or None, aliases=aliases)
    turns = transcript_turns(text)
    marks = quoted(text)
    rows = []
    for start, end in sentence_spans(text):
        author = next((name for a, b, name in turns if a <= start < b), speaker)
        for rank, (k, scope) in enumerate(holders(attributions, speakers, start, end)):
            holder = NOBODY if k is None else speakers[k]
            parts = {
                part: _within(getattr(attributions[k], part), start, end) if k is not None else [] for part in ("source", "cue", "content")
            }
            rows.append(
                {
                    "statement_id": statement_id(article_id, start, end, rank),
                    "article_id": article_id,
                    "start": start,
                    "end": end,
                    "text": text[start:end],
                    "kind": kind_of(parts["content"] or scope, marks) if k is not None else "direct" if author else "narration",
                    "speaker": holder.name if k is not None else author or None,
                    "speaker_role": holder.role,
                    "reported_by": holder.reported_by or (author if k is not None and author and author != holder.name else None),
                    "source_text": _words(text, attributions[k].source) if k is not None else None,
                    "cue": _words(text, attributions[k].cue) if k is not None else None,
                    "source_spans": [list(p) for p in attributions[k].source] if k is not None else [],
                    "cue_spans": [list(p) for p in attributions[k].cue] if k is not None else [],
                    "content_spans": [list(p) for p in parts["content"]],
                    "scope_spans": [list(p) for p in scope],
                    "context": _before(text, start, context),
                }
            )
    return rows


def statement_id(article_id: str, start: int, end: int, rank: int) -> str:
    """Return a statement's id: a hash of its article, its place there and its rank among the statements of the same sentence."""
    return hashlib.sha256(f"{article_id} {start} {end} {rank}".encode()).hexdigest()[:16]


def holders(attributions: Sequence[Attribution], speakers: Sequence[Speaker], start: int, end: int) -> list[tuple[int | None, list[Span]]]:
    """Return the attributions that share a sentence, each with the words whose holder it is; None is the article's own voice.

    Parameters
    ----------
    attributions, speakers : sequences
        Of the article, in the same order.
    start, end : int
        The sentence, half-open.

    Returns
    -------
    list of (int or None, list of (int, int))
        The sentence's main holder first; the words together are the sentence, none twice.
    """
    main = holder_of(attributions, speakers, start, end, within=(start, end))
    name = None if main is None else speakers[main].name
    free, found = [(start, end)], []
    inner = [k for k in range(len(attributions)) if k != main and speakers[k].name and speakers[k].name != name]
    # Shorter contents lie inside longer ones and take their words first.
    for k in sorted(inner, key=lambda k: (sum(b - a for a, b in attributions[k].content), k)):
        own = _within(attributions[k].content, start, end)
        # Whoever speaks beside others keeps the words that name and introduce him; inside somebody else's words they are the reporter's.
        beside = [piece for part in (attributions[k].source, attributions[k].cue) for piece in _within(part, start, end)]
        own = own + [p for p in beside if own and not any(covering([a.content], *p) for j, a in enumerate(attributions) if j != k)]
        taken = [(max(a, c), min(b, d)) for a, b in own for c, d in free if max(a, c) < min(b, d)]
        if taken and holder_of(attributions, speakers, *taken[0]) == k:
            free = _minus(free, taken)
            found.append((k, sorted(taken)))
    return ([(main, free)] if free else []) + sorted(found, key=lambda pair: pair[1])


def _within(pieces: Sequence[Span], start: int, end: int) -> list[Span]:
    return [(max(a, start), min(b, end)) for a, b in pieces if max(a, start) < min(b, end)]


def _minus(free: list[Span], taken: list[Span]) -> list[Span]:
    for a, b in taken:
        free = [span for c, d in free for span in ((c, min(d, a)), (max(c, b), d)) if span[0] < span[1]]
    return free


def _words(text: str, pieces: Sequence[Span]) -> str | None:
    return " … ".join(" ".join(text[a:b].split()) for a, b in pieces) or None


def _before(text: str, start: int, length: int) -> str:
    """Return what stands before a sentence, cut at a space."""
    left = max(0, start - length)
    whole = left == 0 or text[left - 1].isspace()
    cut = left if whole else text.find(" ", left, start) + 1 or left
    return " ".join(text[cut:start].split())
