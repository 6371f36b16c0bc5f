"""An article with every statement highlighted in place, so that a reader can check who is said to say what."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

import pandas as pd

# Tints of the Okabe-Ito palette, told apart by people with any of the common colour blindnesses; INK on each of them has a contrast
# above 11:1, and as text and ground are both set, it stays so on dark pages.
PALETTE = ("#bfe3f7", "#fbd9a0", "#bfe9d6", "#f3ee9c", "#c3cdf5", "#f7cbb6", "#f0cbe2")
REST = "#e4e4e4"  # speakers beyond the palette: each still has its own number
NARRATION = "#f4f4f4"
INK = "#1a1a1a"
OWN_VOICE = "the article’s own voice"

_STYLE = f"""<style>
.stance-view {{ line-height: 1.6; max-width: 46em; }}
.stance-view .stance-text {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
.stance-view .st, .stance-view .swatch {{ color: {INK}; border-radius: 2px; }}
.stance-view .st {{ box-decoration-break: clone; -webkit-box-decoration-break: clone; padding: 1px 0; }}
.stance-view .swatch {{ padding: 0 .45em; }}
.stance-view .st[data-n]::before {{ content: attr(data-n); font-size: 70%; vertical-align: super; padding: 0 .2em; }}
.stance-view .source {{ text-decoration: underline; text-decoration-thickness: 2px; }}
.stance-view .cue {{ font-weight: bold; }}
.stance-view .target {{ outline: 2px solid {INK}; outline-offset: -1px; }}
.stance-view ul {{ list-style: none; padding: 0; }}
.stance-view li {{ display: inline-block; margin: 0 1em .3em 0; }}
</style>"""


@dataclass(frozen=True)
class ArticleView:
    """An HTML fragment that Jupyter shows by itself."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


@dataclass(frozen=True)
class _Marked:
    """One statement as it is drawn: where it stands, what of it is said, its colour, number and tooltip."""

    start: int
    end: int
    said: tuple[tuple[int, int], ...]
    size: int
    colour: str
    number: str
    title: str


def highlight_article(article: "pd.Series[Any]", statements: pd.DataFrame, mentions: pd.DataFrame | None = None) -> str:
    """Return an article as HTML, every statement highlighted where it stands and coloured by speaker.

    Sources are underlined, cues bold, targets outlined; each speaker has a number beside the colour, so that nothing hangs on
    colour alone. Where statements overlap, the innermost one is shown and the tooltip names all.

    Parameters
    ----------
    article : pandas.Series
        One row of the articles table; ``article_id`` and ``text`` are used, and ``title`` where there is one.
    statements : pandas.DataFrame
        Rows of the statements table; those of other articles are passed over.
    mentions : pandas.DataFrame, optional
        Rows of the mentions table: targets to outline.

    Returns
    -------
    str
        An HTML fragment. The element of class ``stance-text`` holds exactly the article's text, escaped.

    Raises
    ------
    ValueError
        If a statement does not stand in the article at its offsets; the message gives its id.
    """
    text = str(article["text"])
    own = statements[statements["article_id"] == article["article_id"]] if len(statements) else statements
    rows = [{str(name): value for name, value in row.items()} for row in own.to_dict("records")]
    for row in rows:
        if text[row["start"] : row["end"]] != row["text"]:
            raise ValueError(
                f"statement {row['statement_id']} does not stand at {row['start']}:{row['end']} in article {article['article_id']}"
            )
    speakers = _ranked(rows)
    marked = [_mark(row, speakers) for row in rows]
    parts = {
        "source": [span for row in rows for span in _spans(row["source_spans"])],
        "cue": [span for row in rows for span in _spans(row["cue_spans"])],
        "target": _targets(rows, mentions),
    }
    title = _text(article.get("title"))
    head = f"<h3>{_escape(title)}</h3>" if title else ""
    body = "".join(_drawn(text, marked, parts))
    return f'<section class="stance-view">{_STYLE}{head}{_legend(rows, speakers)}<div class="stance-text">{body}</div></section>'


def show_article(article: "pd.Series[Any]", statements: pd.DataFrame, mentions: pd.DataFrame | None = None) -> ArticleView:
    """Return what :func:`highlight_article` makes as an object that Jupyter displays; parameters and errors are the same."""
    return ArticleView(highlight_article(article, statements, mentions))


def _ranked(rows: list[dict[str, Any]]) -> dict[str, tuple[str, str, int]]:
    """Return colour, number and count of each speaker, the most heard first; the article's own voice comes last."""
    counts: dict[str, int] = {}
    for row in rows:
        name = _text(row["speaker"])
        counts[name] = counts.get(name, 0) + 1
    named = sorted((n for n in counts if n), key=lambda n: (-counts[n], n))
    ranked = {n: (PALETTE[i] if i < len(PALETTE) else REST, str(i + 1), counts[n]) for i, n in enumerate(named)}
    return ranked | ({"": (NARRATION, "", counts[""])} if "" in counts else {})


def _mark(row: dict[str, Any], speakers: dict[str, tuple[str, str, int]]) -> _Marked:
    colour, number, _ = speakers[_text(row["speaker"])]
    said = tuple(span for column in ("source_spans", "cue_spans", "content_spans") for span in _spans(row[column]))
    role, reporter = _text(row.get("speaker_role")), _text(row.get("reported_by"))
    title = _text(row["speaker"]) or OWN_VOICE
    title += (f" ({role})" if role else "") + f", {_text(row['kind'])}" + (f", reported by {reporter}" if reporter else "")
    return _Marked(int(row["start"]), int(row["end"]), said, sum(e - s for s, e in said), colour, number, title)


def _drawn(text: str, marked: list[_Marked], parts: dict[str, list[tuple[int, int]]]) -> Iterable[str]:
    """Yield the text cut at every edge, each cut wrapped in what holds there: flat spans, so overlaps need no nesting."""
    edges = {0, len(text)} | {x for m in marked for x in (m.start, m.end)}
    edges |= {x for m in marked for span in m.said for x in span} | {x for spans in parts.values() for span in spans for x in span}
    cuts = sorted(x for x in edges if 0 <= x <= len(text))
    holds = {kind: {x for s, e in spans for x in cuts[bisect_left(cuts, s) : bisect_left(cuts, e)]} for kind, spans in parts.items()}
    opening = sorted(marked, key=lambda m: m.start)
    active: list[_Marked] = []
    shown: _Marked | None = None
    i = 0
    for start, end in pairwise(cuts):
        while i < len(opening) and opening[i].start <= start:
            active.append(opening[i])
            i += 1
        active = [m for m in active if m.end > start]
        piece = _escape(text[start:end])
        if not active:
            shown = None
            yield piece
            continue
        saying = [m for m in active if any(s <= start and end <= e for s, e in m.said)]
        top = min(saying or active, key=lambda m: (m.size, m.start))
        kinds = ["st", *(kind for kind, places in holds.items() if start in places)]
        titles = "; ".join(dict.fromkeys(m.title for m in [top, *active]))
        number = f' data-n="{top.number}"' if top.number and top is not shown else ""
        shown = top
        yield f'<span class="{" ".join(kinds)}" style="background:{top.colour}"{number} title="{_escape(titles)}">{piece}</span>'


def _legend(rows: list[dict[str, Any]], speakers: dict[str, tuple[str, str, int]]) -> str:
    if not rows:
        return "<p>No statements were found in this article.</p>"
    items = [
        f'<li><span class="swatch" style="background:{colour}">{f"{number} " if number else ""}{_escape(name or OWN_VOICE)}: {count}</span></li>'
        for name, (colour, number, count) in speakers.items()
    ]
    key = '<li><span class="source">source</span>, <span class="cue">cue</span>, <span class="target">target</span></li>'
    return f'<ul class="stance-legend" aria-label="statements per speaker">{"".join(items)}{key}</ul>'


def _targets(rows: list[dict[str, Any]], mentions: pd.DataFrame | None) -> list[tuple[int, int]]:
    if mentions is None or not len(mentions):
        return []
    starts = {row["statement_id"]: int(row["start"]) for row in rows}
    known = mentions[mentions["statement_id"].isin(list(starts))]
    return [(starts[i] + int(s), starts[i] + int(e)) for i, s, e in zip(known["statement_id"], known["start"], known["end"], strict=True)]


def _spans(value: Any) -> tuple[tuple[int, int], ...]:
    """Return the spans of a cell: lists, arrays (as read from Parquet), or nothing."""
    if value is None or (isinstance(value, float) and pd.isna(value)) or value is pd.NA:
        return ()
    return tuple((int(s), int(e)) for s, e in value)


def _text(value: Any) -> str:
    return "" if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)) else str(value)


def _escape(text: str) -> str:
    # A browser would turn a bare carriage return into a line feed.
    return escape(text, quote=True).replace("\r", "&#13;")
