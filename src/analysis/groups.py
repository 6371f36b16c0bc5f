"""What the estimates are made over: scored statements joined with who said them, where and when."""

from collections.abc import Sequence

import pandas as pd

from analysis.countries import speaker_country

COUNTRY = "speaker_country"
NO_SPEAKER = "(no speaker)"
MISSING = "(not given)"
PERIODS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}


def join(scores: pd.DataFrame, statements: pd.DataFrame, articles: pd.DataFrame | None = None) -> pd.DataFrame:
    """Join scores with the speaker, kind, source and date of each statement, one row per statement and target.

    Any further column may be merged to the result (a speaker's party, an outlet's owner) and then used to group by.

    Parameters
    ----------
    scores, statements : pandas.DataFrame
        Tables as in the column dictionary.
    articles : pandas.DataFrame, optional
        Without it there are no sources and dates, and reprints cannot be left out.

    Returns
    -------
    pandas.DataFrame
        The columns of scores, then article_id, speaker (``"(no speaker)"`` where the article itself speaks), speaker_role, kind, and with articles source and
        published. Statements of articles that reprint another one (``duplicate_of``) are left out, so that each counts once.

    Raises
    ------
    ValueError
        If a score has no statement, or a statement no article; the message names the first.
    """
    known = ["article_id", "speaker", "speaker_role", "kind"]
    rows = scores.drop(columns=[c for c in [*known, "source", "published"] if c in scores.columns])
    rows = rows.merge(statements[["statement_id", *known]], on="statement_id", how="left", validate="many_to_one")
    _require(rows, "article_id", "statement_id", "scores", "statements")
    rows["speaker"] = rows["speaker"].fillna(NO_SPEAKER)
    if articles is None:
        return rows
    rows = rows.merge(
        articles[["article_id", "source", "published", "duplicate_of"]], on="article_id", how="left", validate="many_to_one", indicator=True
    )
    if (rows["_merge"] == "left_only").any():
        orphan = rows.loc[rows["_merge"] == "left_only", "article_id"].iloc[0]
        raise ValueError(f"statements name the article {orphan!r}, which is not in articles")
    return rows[rows["duplicate_of"].isna()].drop(columns=["duplicate_of", "_merge"]).reset_index(drop=True)


def joined(scores: pd.DataFrame, statements: pd.DataFrame | None, articles: pd.DataFrame | None) -> pd.DataFrame:
    """Return ``scores`` as they are if they have been joined, else join them."""
    if statements is not None:
        return join(scores, statements, articles)
    if "article_id" not in scores.columns:
        raise ValueError(
            "scores lack article_id: intervals resample articles; give statements=, or the result of join(scores, statements, articles)"
        )
    return scores


def with_groups(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return ``rows`` with every column of ``by`` present and without nulls.

    day, week, month, quarter and year are made of ``published``, as the period's first day; rows without a date are left out of them. speaker_country is made
    of ``speaker`` and ``speaker_role`` (``countries.speaker_country``): the country or union a speaker speaks for, ``"(not given)"`` where that is not plain,
    ``"(no speaker)"`` where the article itself speaks. A column of that name that is there already is taken as it is.

    Raises
    ------
    ValueError
        If a column is neither there nor such a period; the message lists the columns.
    """
    rows = rows.copy()
    for name in by:
        if name in PERIODS and name not in rows.columns:
            if "published" not in rows.columns:
                raise ValueError(f"grouping by {name!r} needs the column published; give articles=")
            rows = rows[rows["published"].notna()]
            rows[name] = period_start(rows["published"], name)
        elif name == COUNTRY and name not in rows.columns:
            nobody = rows["speaker"].isna() | (rows["speaker"] == NO_SPEAKER)
            found = speaker_country(rows["speaker"].mask(nobody), rows["speaker_role"])
            rows[name] = found.where(found.notna(), MISSING).mask(nobody, NO_SPEAKER)
        elif name not in rows.columns:
            raise ValueError(
                f"cannot group by {name!r}; the columns are {', '.join(map(str, rows.columns))}; "
                f"{COUNTRY} is made of the speaker, and periods ({', '.join(PERIODS)}) of published"
            )
        elif rows[name].isna().any():
            rows[name] = rows[name].astype("object").fillna(NO_SPEAKER if name == "speaker" else MISSING)
    return rows


def period_start(published: pd.Series, every: str) -> pd.Series:
    """Return the first day of the day, week (from Monday), month, quarter or year each date falls in."""
    if every not in PERIODS:
        raise ValueError(f"unknown period {every!r}; periods are {', '.join(PERIODS)}")
    return pd.to_datetime(published).dt.to_period(PERIODS[every]).dt.start_time


def _require(rows: pd.DataFrame, column: str, key: str, left: str, right: str) -> None:
    if rows[column].isna().any():
        raise ValueError(f"{left} name the {key} {rows.loc[rows[column].isna(), key].iloc[0]!r}, which is not in {right}")
