"""The report's data: tables as columns of short lists, so that 20,000 statements stay small."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.drawing import AGAINST, FAVOR, NEUTRAL, STOPS, group_columns
from analysis.groups import MISSING, PERIODS, join, with_groups
from analysis.rationales import rationales
from analysis.results import OverTime, Results
from analysis.tables import CLASSES, UNSURE

LABELS = (*CLASSES, UNSURE)
SOURCE_MARK, CUE_MARK = 0, 1
BEFORE = 240  # characters of what stands before a statement


def payload(results: Results, trend: OverTime | None) -> dict[str, Any]:
    """Return everything the page shows that is not in its template.

    Parameters
    ----------
    results : Results
        Tables, summaries and manifest.
    trend : OverTime, optional
        Stance over time.

    Returns
    -------
    dict
        ``lists`` (names that columns refer to by position), ``articles``, ``statements``, ``readings`` (one for each statement and target) as columns, then
        ``summaries``, ``time``, ``colours``. Offsets count UTF-16 units, as JavaScript does; probabilities are thousandths.
    """
    rows = readings(results)
    lists = {
        "target": target_names(results),
        "speaker": _names(rows["speaker"]),
        "role": _names(rows["speaker_role"]),
        "source": _names(rows["source"]),
        "kind": _names(rows["kind"]),
        "label": list(LABELS),
    }
    articles = results.tables["articles"].set_index("article_id").loc[list(dict.fromkeys(rows["article_id"]))]
    said = rows.drop_duplicates("statement_id")
    place = {identity: i for i, identity in enumerate(said["statement_id"])}
    return {
        "lists": lists,
        "articles": {
            "title": _texts(articles["title"]),
            "url": _texts(articles["url"]),
            "date": _days(articles["published"]),
            "source": _codes(articles["source"].fillna(MISSING), lists["source"]),
        },
        "statements": _statements(said, lists, list(articles.index), set(rows.loc[rows["via"] == "context", "statement_id"])),
        "readings": _readings(rows, lists, place),
        "summaries": [summary(table, by) for by, table in results.summaries.items() if len(table)],
        "time": _time(trend) if trend else None,
        "colours": {"against": AGAINST, "neutral": NEUTRAL, "favor": FAVOR, "scale": list(STOPS)},
    }


def readings(results: Results) -> pd.DataFrame:
    """Return the rows every estimate counts, newest first: scores with their statement, mention, source and date; reprints left out."""
    tables = results.tables
    rows = with_groups(join(tables["scores"], tables["statements"], tables["articles"]), ["source", "speaker_role", "kind", "target"])
    mentions = tables["mentions"][["statement_id", "target", "start", "end", "via"]].rename(columns={"start": "from", "end": "to"})
    rows = rows.merge(mentions, on=["statement_id", "target"], how="left", validate="one_to_one")
    more = [c for c in tables["statements"].columns if c not in rows.columns or c == "statement_id"]
    rows = rows.merge(tables["statements"][more], on="statement_id", how="left", validate="many_to_one")
    if "words" in tables and len(tables["words"]):
        rows = rows.merge(rationales(tables["words"], tables["scores"]), on=["statement_id", "target"], how="left", validate="one_to_one")
    order = {name: i for i, name in enumerate(target_names(results))}
    rows = rows.assign(order=rows["target"].map(order))
    by = ["published", "article_id", "start", "statement_id", "order"]
    return rows.sort_values(by, ascending=[False, True, True, True, True], kind="stable", na_position="last").reset_index(drop=True)


def target_names(results: Results) -> list[str]:
    """Return the targets that are scored, in the order of the configuration."""
    scored = set(results.tables["scores"]["target"])
    listed = [target["name"] for target in results.manifest["config"]["targets"]]
    return [name for name in listed if name in scored] + sorted(scored - set(listed))


def summary(table: pd.DataFrame, by: Sequence[str]) -> dict[str, Any]:
    """Return a summary as columns; periods as the first and last day they hold."""
    columns: dict[str, Any] = {}
    for name in table.columns:
        values = table[name]
        if name in by and name in PERIODS:
            columns[name] = _days(values)
            columns[f"{name}_end"] = _days(pd.to_datetime(values).dt.to_period(PERIODS[name]).dt.end_time)
        elif pd.api.types.is_float_dtype(values):
            columns[name] = [None if np.isnan(x) else round(float(x), 4) for x in values.to_numpy(dtype=float)]
        elif pd.api.types.is_integer_dtype(values):
            columns[name] = [int(x) for x in values]
        else:
            columns[name] = _texts(values)
    return {"by": list(by), "columns": columns}


def _statements(said: pd.DataFrame, lists: dict[str, list[str]], articles: list[str], pointed: set[str]) -> dict[str, Any]:
    at = {identity: i for i, identity in enumerate(articles)}
    marks = []
    for text, start, sources, cues in zip(*(said[c].tolist() for c in ("text", "start", "source_spans", "cue_spans")), strict=True):
        unit = _units(text)
        spans = [(span, kind) for kind, found in ((SOURCE_MARK, sources), (CUE_MARK, cues)) for span in _pairs(found)]
        inside = [(max(s - start, 0), min(e - start, len(text)), kind) for (s, e), kind in spans]
        marks.append([x for s, e, kind in inside if s < e for x in (unit(s), unit(e), kind)])
    return {
        "id": list(said["statement_id"]),
        "article": [at[identity] for identity in said["article_id"]],
        "text": _texts(said["text"]),
        "before": [
            _before(context, whole) for context, whole in zip(_texts(said["context"]), said["statement_id"].isin(pointed), strict=True)
        ],
        "speaker": _codes(said["speaker"], lists["speaker"]),
        "role": _codes(said["speaker_role"], lists["role"]),
        "kind": _codes(said["kind"], lists["kind"]),
        "reporter": _texts(said["reported_by"]),
        "named": _texts(said["source_text"]),
        "cue": _texts(said["cue"]),
        "marks": marks,
    }


def _readings(rows: pd.DataFrame, lists: dict[str, list[str]], place: dict[Hashable, int]) -> dict[str, Any]:
    p = np.rint(rows[[f"p_{name}" for name in CLASSES]].to_numpy(dtype=float) * 1000).astype(int)
    spots: list[list[int]] = []
    carried: list[list[int] | None] = []
    has_carried = "carried" in rows.columns
    for text, context, start, end, via in zip(*(rows[c].tolist() for c in ("text", "context", "from", "to", "via")), strict=True):
        # A mention found in what stands before is marked there.
        unit = _units(str(context) if not pd.isna(via) and via == "context" else text)
        spots.append([] if pd.isna(start) else [unit(int(start)), unit(int(end))])
    if has_carried:
        for text, spans in zip(rows["text"].tolist(), rows["carried"].tolist(), strict=True):
            unit = _units(text)
            # Null where nobody asked, empty where no few words carried it.
            carried.append([unit(min(x, len(text))) for span in spans for x in span] if isinstance(spans, list) else None)
    found = {
        "statement": [place[identity] for identity in rows["statement_id"]],
        "target": _codes(rows["target"], lists["target"]),
        "label": _codes(rows["label"], lists["label"]),
        "p": p.ravel().tolist(),
        "mention": spots,
        "via": _texts(rows["via"]),
    }
    if has_carried:
        found["carried"] = carried
    if "tone" in rows.columns and rows["tone"].notna().any():
        found["tone"] = [None if pd.isna(x) else round(float(x), 2) for x in rows["tone"]]
    return found


def _time(trend: OverTime) -> dict[str, Any]:
    smooth = trend.smooth[["target", "day", "smooth", "low", "high"]]
    lines = {
        target: [_days(part["day"]), *([None if pd.isna(x) else round(float(x), 3) for x in part[c]] for c in ("smooth", "low", "high"))]
        for target, part in smooth.groupby("target", sort=False)
    }
    events = trend.events
    marked = [] if events is None else [list(pair) for pair in zip(_days(events["date"]), _texts(events["event"]), strict=True)]
    return {"period": trend.period, "points": summary(trend.points, group_columns(trend.points)), "lines": lines, "events": marked}


def _before(context: str, whole: bool) -> str:
    """Return the end of a context, from the start of a word; all of it where a mention stands in it."""
    return context if whole or len(context) <= BEFORE else "… " + context[-BEFORE:].split(None, 1)[-1]


def _names(values: "pd.Series[Any]") -> list[str]:
    """Return the names of a column, the most frequent first."""
    return [
        str(name) for name in values.value_counts(sort=True).sort_index(kind="stable").sort_values(ascending=False, kind="stable").index
    ]


def _codes(values: "pd.Series[Any]", names: list[str]) -> list[int]:
    at = {name: i for i, name in enumerate(names)}
    return [at[str(value)] for value in values]


def _texts(values: Iterable[Any]) -> list[str]:
    return ["" if pd.isna(value) else str(value) for value in values]


def _days(values: "pd.Series[Any]") -> list[str]:
    return ["" if pd.isna(value) else pd.Timestamp(value).date().isoformat() for value in values]


def _pairs(spans: Any) -> list[tuple[int, int]]:
    return [] if spans is None or np.ndim(spans) == 0 else [(int(span[0]), int(span[1])) for span in spans]


def _units(text: str) -> Callable[[int], int]:
    """Return a function from an offset in characters to one in UTF-16 units, which count an emoji as two."""
    if len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text):
        return lambda at: at
    sums = np.concatenate([[0], np.cumsum([1 + (c > "\uffff") for c in text])])
    return lambda at: int(sums[at])
