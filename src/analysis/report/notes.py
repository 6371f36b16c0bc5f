"""What the report says in words: headline figures, warnings, the way from files to numbers, settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.drawing import is_corrected, signed
from analysis.groups import NO_SPEAKER
from analysis.report.payload import readings, target_names
from analysis.results import Results
from analysis.tables import CLASSES, UNSURE

MOST_NAMED = 5
WITH_ARTICLE = {name: f"the {name}" for name in ("US", "West", "EU", "UN", "UK")}


@dataclass(frozen=True)
class Headline:
    """One target's figures; ``estimate`` and ``interval`` are empty where there are too few articles."""

    target: str
    statements: int
    articles: int
    counts: list[tuple[str, int]]
    estimate: str
    interval: str
    verdict: str
    corrected: bool
    raw: str
    labels: int


def headlines(results: Results) -> list[Headline]:
    """Return the figures of each target, in the order of the configuration."""
    table = results.summaries.get(("target",))
    if table is None or table.empty:
        return []
    rows = {str(row["target"]): row for _, row in table.iterrows()}
    corrected = dict(zip(table["target"], is_corrected(table), strict=True))
    return [_headline(name, rows[name], bool(corrected[name])) for name in target_names(results) if name in rows]


def _headline(name: str, row: "pd.Series[Any]", corrected: bool) -> Headline:
    known = pd.notna(row["estimate"])
    verdict = ""
    if known:
        # Only what the interval allows to say.
        verdict = "leans against" if row["high"] < 0 else "leans in favor" if row["low"] > 0 else "no clear lean"
    return Headline(
        target=name,
        statements=int(row["n_statements"]),
        articles=int(row["n_articles"]),
        counts=[(label, int(row[f"n_{label}"])) for label in (*CLASSES, UNSURE)],
        estimate=signed(row["estimate"]) if known else "",
        interval=_interval(row["low"], row["high"]) if known else "",
        verdict=verdict,
        corrected=corrected,
        raw=f"{signed(row['raw_estimate'])} {_interval(row['raw_low'], row['raw_high'])}" if corrected else "",
        labels=int(row["n_labels"]),
    )


def _interval(low: float, high: float) -> str:
    return f"[{signed(low)}, {signed(high)}]"


def scope(results: Results) -> dict[str, Any]:
    """Return what the report is about: targets, counts, dates."""
    rows = readings(results)
    days = rows["published"].dropna()
    return {
        "targets": target_names(results),
        "named": [WITH_ARTICLE.get(name, name) for name in target_names(results)],
        "readings": len(rows),
        "statements": int(rows["statement_id"].nunique()),
        "articles": int(rows["article_id"].nunique()),
        "speakers": int(rows.loc[rows["speaker"] != NO_SPEAKER, "speaker"].nunique()),
        "sources": int(rows["source"].nunique()),
        "first": f"{days.min():%Y-%m-%d}" if len(days) else "",
        "last": f"{days.max():%Y-%m-%d}" if len(days) else "",
    }


def remarks(results: Results) -> list[str]:
    """Return the warnings a reader must have seen before quoting a number."""
    found, manifest, tables = [], results.manifest, results.tables
    overall = results.summaries.get(("target",))
    if overall is not None and len(overall):
        known = overall[overall["estimate"].notna()]
        found += _uncorrected(results, known)
        few = overall[overall["estimate"].isna()]
        if len(few):
            least = manifest["config"]["summary"]["min_articles"]
            found.append(f"Too few articles for an estimate on {_listed(few['target'])}: fewer than {least}. Counts are shown instead.")
            if known.empty:
                found.append("The counts are classifier output, uncorrected.")
    if tables["scores"].empty:
        found.append("No statement speaks of one of the targets, so there is nothing to estimate.")
    articles = tables["articles"]
    undated, reprints = int(articles["published"].isna().sum()), int(articles["duplicate_of"].notna().sum())
    if undated:
        found.append(
            f"{_many(undated, 'article has', 'articles have')} no date, and {'is' if undated == 1 else 'are'} left out wherever dates matter."
        )
    if reprints:
        found.append(
            f"{_many(reprints, 'article reprints', 'articles reprint')} another one: what stands in a reprint is counted once, with the earlier article."
        )
    for kind, words in (
        ("skipped", ("input was not read", "inputs were not read")),
        ("warnings", ("warning about input", "warnings about inputs")),
    ):
        entries = manifest.get(kind, [])
        if entries:
            # The last part of a path: the rest says how somebody's machine is arranged.
            named = "; ".join(f"{Path(str(e['path'])).name}: {_without(str(e['path']), str(e['reason']))}" for e in entries[:MOST_NAMED])
            more = f"; and {len(entries) - MOST_NAMED:,} more, listed in manifest.json" if len(entries) > MOST_NAMED else ""
            found.append(f"{_many(len(entries), *words)}: {named}{more}.")
    return found


def _uncorrected(results: Results, overall: pd.DataFrame) -> list[str]:
    """Return the warning about estimates on the page that no hand labels have corrected; ``overall`` are those by target."""
    advice = "For a claim in print, label a random sample by hand (stance label sample); the estimates are then corrected."
    if not len(overall):
        return []
    corrected = is_corrected(overall)
    if not corrected.any():
        return [
            "All estimates are classifier output, uncorrected: the intervals allow for the choice of articles, not for the classifier’s errors. "
            + advice
        ]
    parts = [] if corrected.all() else [f"the estimates for {_listed(overall.loc[~corrected, 'target'])}"]
    others = [(f"by {' and '.join(by)}", table) for by, table in results.summaries.items() if by != ("target",)]
    over_time = results.over_time
    if over_time is not None:
        others.append((f"per {over_time.period}", over_time.points))
    for how, table in others:
        known = table[table["estimate"].notna()] if len(table) else table
        left = int((~is_corrected(known)).sum()) if len(known) else 0
        if left:
            parts.append(f"{left:,} of the {len(known):,} estimates {how}")
    if over_time is not None:
        parts.append("the smoothed lines over time")
    if not parts:
        return []
    return [
        f"Classifier output, uncorrected, are {_listed(pd.Series(parts))}: their intervals allow for the choice of articles, not for the classifier’s errors. "
        "More labels by hand (stance label sample) correct more of them."
    ]


def about_words(results: Results) -> str:
    """Return for how many labels the words that carried them were looked for; empty where for none."""
    rows = readings(results)
    if "carried" not in rows.columns:
        return ""
    explained, decided = int(rows["carried"].notna().sum()), int(rows["label"].isin(("against", "favor")).sum())
    if explained == decided:
        return f"(looked for in all {decided:,} labelled against or in favor)"
    return f"(looked for in {explained:,} of {decided:,} labelled against or in favor, the most decided on each side of each target)"


def stages(manifest: dict[str, Any]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return each stage of the run with its counts, in order; without times, so that the same results give the same report."""
    shown = [(name, [(what, n) for what, n in counts.items() if what != "seconds"]) for name, counts in manifest["stages"].items()]
    return [(name, counts) for name, counts in shown if counts and name != "write results"]


def settings_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the settings the methods text quotes."""
    s = manifest["config"]["summary"]
    return {
        "min_articles": s["min_articles"],
        "level": f"{s['level'] * 100:g} %",
        "resamples": s["resamples"],
        "seed": s["seed"],
        "indirect": manifest["config"].get("indirect", False),
        "package": manifest["package"],
    }


def _many(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"


def _listed(names: "pd.Series[Any]") -> str:
    listed = [str(name) for name in names]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"


def _without(path: str, text: str) -> str:
    return text.replace(path, Path(path).name)
