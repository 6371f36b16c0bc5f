"""The column dictionary: every table the package makes, its key and its columns, in one place."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

Kind = Literal["text", "date", "integer", "number", "spans"]
CLASSES = ("against", "neutral", "favor")
UNSURE = "unsure"


@dataclass(frozen=True)
class Column:
    """One column: what kind of values it holds, what they mean, whether they may be missing."""

    kind: Kind
    meaning: str
    missing: bool = False


@dataclass(frozen=True)
class Table:
    """One table: the columns that identify a row, and all columns in order."""

    key: tuple[str, ...]
    columns: dict[str, Column]


TABLES: dict[str, Table] = {
    "articles": Table(
        ("article_id",),
        {
            "article_id": Column("text", "hash of the cleaned text, title, source, date and speaker"),
            "source": Column("text", "outlet or body that published it", missing=True),
            "published": Column("date", "day of publication", missing=True),
            "title": Column("text", "headline", missing=True),
            "author": Column("text", "who wrote it", missing=True),
            "speaker": Column("text", "whose speech the document is, where it is one", missing=True),
            "city": Column("text", "city of the dateline", missing=True),
            "agency": Column("text", "agency of the dateline", missing=True),
            "url": Column("text", "address it was published at", missing=True),
            "language": Column("text", "ISO 639-1 code", missing=True),
            "text": Column("text", "cleaned text; all offsets of statements point into it"),
            "removed": Column("text", "page furniture and dateline taken out, one line each", missing=True),
            "path": Column("text", "file it came from, and the row in it"),
            "duplicate_of": Column("text", "article_id of the earlier article this one reprints", missing=True),
        },
    ),
    "statements": Table(
        ("statement_id",),
        {
            "statement_id": Column("text", "hash of article, offsets and rank of the attribution in its sentence"),
            "article_id": Column("text", "article it stands in"),
            "start": Column("integer", "first character in the article's text"),
            "end": Column("integer", "one past the last character in the article's text"),
            "text": Column("text", "the sentence as it stands: article.text[start:end]"),
            "kind": Column("text", "direct, indirect, mixed or narration"),
            "speaker": Column("text", "whose words or view it gives (the holder); null: the article's own voice", missing=True),
            "speaker_role": Column("text", "role or office, as the article gives it", missing=True),
            "reported_by": Column("text", "who reports the holder's words, where attributions are nested", missing=True),
            "source_text": Column("text", "the words that name the speaker", missing=True),
            "cue": Column("text", "the words that attribute: said, according to", missing=True),
            "source_spans": Column("spans", "where the source stands, [start, end) in the article's text"),
            "cue_spans": Column("spans", "where the cue stands, [start, end) in the article's text"),
            "content_spans": Column("spans", "what is attributed within this sentence, [start, end) in the article's text"),
            "scope_spans": Column(
                "spans",
                "where a mention of a target is this statement's, [start, end) in the article's text: the whole sentence unless it has several speakers",
            ),
            "context": Column("text", "what stands before it in the article"),
        },
    ),
    "mentions": Table(
        ("statement_id", "target"),
        {
            "statement_id": Column("text", "statement that speaks of the target"),
            "target": Column("text", "name of the target in the configuration"),
            "surface": Column("text", "the words that name it"),
            "start": Column("integer", "first character in the statement's text; in its context where via is context"),
            "end": Column("integer", "one past the last character, likewise"),
            "via": Column(
                "text",
                "name, metonym (a capital, an office), indirect (the target stands for it) or context (named just before the statement)",
            ),
        },
    ),
    "scores": Table(
        ("statement_id", "target"),
        {
            "statement_id": Column("text", "statement"),
            "target": Column("text", "target"),
            "p_against": Column("number", "probability of against, 0 to 1"),
            "p_neutral": Column("number", "probability of neutral, 0 to 1"),
            "p_favor": Column("number", "probability of favor, 0 to 1"),
            "stance": Column("number", "p_favor - p_against, -1 to 1"),
            "label": Column("text", "against, neutral, favor; unsure below the model's threshold"),
            "tone": Column(
                "number",
                "wording of the statement whatever its target: negative -1 to positive 1; null if the model does not tell",
                missing=True,
            ),
            "model": Column("text", "name of the classifier"),
            "revision": Column("text", "revision or content hash of the classifier"),
        },
    ),
    "summary": Table(
        (),
        {
            "estimate": Column("number", "mean stance, -1 to 1; null for groups with too few articles", missing=True),
            "low": Column("number", "lower end of the interval", missing=True),
            "high": Column("number", "upper end of the interval", missing=True),
            "share_against": Column("number", "share of statements labelled against, 0 to 1", missing=True),
            "share_neutral": Column("number", "share labelled neutral, 0 to 1", missing=True),
            "share_favor": Column("number", "share labelled favor, 0 to 1", missing=True),
            "share_unsure": Column("number", "share labelled unsure, 0 to 1", missing=True),
            "n_statements": Column("integer", "statements counted"),
            "n_against": Column(
                "integer", "statements the classifier labels against: a count, also where there is too little for an estimate"
            ),
            "n_neutral": Column("integer", "statements it labels neutral"),
            "n_favor": Column("integer", "statements it labels favor"),
            "n_unsure": Column("integer", "statements it is unsure about"),
            "n_articles": Column("integer", "articles they stand in"),
            "n_labels": Column("integer", "hand labels used"),
            "method": Column("text", "how estimate and interval were made, or: too few articles"),
            "n_effective": Column("number", "labels that would give the same interval without the classifier", missing=True),
            "raw_estimate": Column("number", "mean stance by the classifier alone, -1 to 1", missing=True),
            "raw_low": Column("number", "lower end of its interval", missing=True),
            "raw_high": Column("number", "upper end of its interval", missing=True),
            "share_against_low": Column("number", "lower end of the interval of the share", missing=True),
            "share_against_high": Column("number", "upper end", missing=True),
            "share_neutral_low": Column("number", "lower end of the interval of the share", missing=True),
            "share_neutral_high": Column("number", "upper end", missing=True),
            "share_favor_low": Column("number", "lower end of the interval of the share", missing=True),
            "share_favor_high": Column("number", "upper end", missing=True),
        },
    ),
    "words": Table(
        ("statement_id", "target", "start"),
        {
            "statement_id": Column("text", "statement"),
            "target": Column("text", "target"),
            "word": Column("text", "the word; a run of words where single ones do not matter, or are more than 60"),
            "start": Column("integer", "first character in the statement's text"),
            "end": Column("integer", "one past the last character"),
            "weight": Column("number", "how much the word moved the stance, -2 to 2: above 0 toward favor, below toward against"),
        },
    ),
    # Rows are only ever added; a coder's last row on a statement and target counts.
    "labels": Table(
        (),
        {
            "statement_id": Column("text", "statement"),
            "target": Column("text", "target"),
            "label": Column("text", "against, neutral or favor; null: withdrawn", missing=True),
            "coder": Column("text", "who labelled"),
            "labelled_at": Column("date", "when, UTC"),
            "probability": Column("number", "chance with which the statement was drawn for labelling, above 0, at most 1", missing=True),
            "sample": Column("text", "id of the sample it was drawn in", missing=True),
            "hard": Column("text", "yes where another careful reader could differ", missing=True),
            "note": Column("text", "the coder's remark", missing=True),
        },
    ),
}


def check(frame: pd.DataFrame, table: str, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return ``frame`` if it is a valid table, else say what is wrong.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows to check; columns beyond the dictionary are allowed.
    table : str
        Name of the table: articles, statements, mentions, scores or summary.
    by : tuple of str
        For summary, the grouping columns, which are its key.

    Returns
    -------
    pandas.DataFrame
        The same object.

    Raises
    ------
    ValueError
        If a column is missing, a required value is null, or a key occurs twice; the message names the first offender.
    """
    schema = TABLES[table]
    key = list(by or schema.key)
    absent = [c for c in [*key, *schema.columns] if c not in frame.columns]
    if absent:
        raise ValueError(f"{table} lacks the columns {', '.join(absent)}; it has {', '.join(map(str, frame.columns))}")
    for name, column in schema.columns.items():
        if not column.missing and frame[name].isna().any():
            row = frame.index[frame[name].isna()][0]
            raise ValueError(f"{table}.{name} is null in row {row!r}; it must be given")
    if key and frame.duplicated(key).any():
        row = frame.loc[frame.duplicated(key), key].iloc[0].to_dict()
        raise ValueError(f"{table} has two rows with the key {row}")
    return frame


def empty(table: str) -> pd.DataFrame:
    """Return a table of no rows with the right columns and types."""
    return typed(pd.DataFrame({name: [] for name in TABLES[table].columns}), table)


def typed(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return the table's columns first and in order, each with its type; further columns follow."""
    types = {"text": "string", "date": "datetime64[us]", "integer": "int64", "number": "float64", "spans": "object"}
    schema = TABLES[table].columns
    rest = [c for c in frame.columns if c not in schema]
    ordered = frame[[*[c for c in schema if c in frame.columns], *rest]]
    return ordered.astype({name: types[column.kind] for name, column in schema.items() if name in frame.columns})


def dictionary() -> pd.DataFrame:
    """Return every column of every table with its kind and meaning, one row each."""
    rows = [
        {"table": table, "column": name, "kind": c.kind, "may be missing": "yes" if c.missing else "", "meaning": c.meaning}
        for table, schema in TABLES.items()
        for name, c in schema.columns.items()
    ]
    return pd.DataFrame(rows)
