"""What a run shows on the terminal when it is done: tables."""

from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from analysis.evaluate import Evaluation

COLOURS = {"against": "dark_orange", "neutral": "default", "favor": "blue", "unsure": "dim"}
MOST_ROWS = 40


def print_store(results: Any, console: Console) -> None:
    """Say how much of a run came from the store, and why not, where nothing did."""
    kept = results.manifest["store"]
    said = " → ".join(
        f"{kept[kind]['computed']:,} {kind} computed, {kept[kind]['from the store']:,} known" for kind in ("articles", "pairs")
    )
    console.print(f"{'store':<20}{said}", highlight=False, soft_wrap=True)
    if kept["other model"]:
        console.print(
            f"{'':<20}all pairs are scored anew: the store knows them only by {kept['other model']}", highlight=False, soft_wrap=True
        )


def print_results(results: Any, console: Console) -> None:
    """Print statements with their stance, then a summary for each target."""
    rows = results.first_scores(MOST_ROWS)
    shown = Table("speaker", "target", "stance", "p", "statement", box=SIMPLE_HEAD, expand=True, title="Statements", title_justify="left")
    for column, width in zip(shown.columns, (18, 8, 8, 4, None), strict=True):
        column.width, column.no_wrap = width, False
    shown.columns[-1].ratio = 1
    for row in rows.itertuples(index=False):
        text = Text(" ".join(row.text.split()))
        text.highlight_words([row.surface], "bold underline")
        top = max(row.p_against, row.p_neutral, row.p_favor)
        shown.add_row(_or(row.speaker, "(no speaker)"), row.target, Text(row.label, COLOURS[row.label]), f"{top:.2f}", text)
    console.print(shown)
    more = results.manifest["stages"]["score stance"]["scores"] - len(rows)
    if more > 0:
        console.print(f"… and {more:,} more; all of them are in scores.csv and statements.csv")
    for by, table in results.summaries.items():
        console.print(summary_table(table, list(by)))


def summary_table(table: pd.DataFrame, by: list[str]) -> Table:
    """Return a summary as a table for the terminal."""
    shown = Table(*by, box=SIMPLE_HEAD, title=f"Summary by {', '.join(by)}", title_justify="left")
    for name in ("statements", "articles", "against", "neutral", "favor", "unsure"):
        shown.add_column(name, justify="right")
    shown.add_column("mean stance, interval")
    ordered = table.sort_values("n_statements", ascending=False, kind="stable") if "speaker" in by else table
    for row in ordered.head(MOST_ROWS).to_dict("records"):
        known = pd.notna(row["estimate"])
        how = " corrected" if row["method"].startswith("corrected") else ""
        estimate = f"{row['estimate']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}]{how}" if known else row["method"]
        counts = [str(row[f"n_{c}"]) for c in ("against", "neutral", "favor", "unsure")]
        shown.add_row(*(_or(row[c], "(no speaker)") for c in by), str(row["n_statements"]), str(row["n_articles"]), *counts, Text(estimate))
    if len(table) > MOST_ROWS:
        shown.caption = f"the {MOST_ROWS} groups with the most statements, of {len(table)}; all of them are in summary.csv"
    return shown


def print_evaluation(evaluation: "Evaluation", console: Console) -> None:
    """Print the tables of an evaluation: all classifiers, then by group and the confusion of the first."""
    shown = Table("classifier", box=SIMPLE_HEAD, title="Accuracy", title_justify="left")
    for name in ("n", "macro-F1 [95 %]", "accuracy", "against", "neutral", "favor", "ECE", "coverage at 90 %"):
        shown.add_column(name, justify="right")
    for classifier, r in evaluation.table.iterrows():
        sure = [f"{r['ece']:.3f}", f"{r['coverage_at_90']:.0%}"] if pd.notna(r["ece"]) else ["", ""]
        each = [f"{r[c]:.1f}" for c in ("accuracy", "f1_against", "f1_neutral", "f1_favor")]
        shown.add_row(str(classifier), f"{int(r['n'])}", f"{r['macro_f1']:.1f} [{r['low']:.1f}, {r['high']:.1f}]", *each, *sure)
    console.print(shown)
    main = next(iter(evaluation.probabilities), None)
    for group, table in evaluation.groups.items():
        own = table[table["classifier"] == main]
        shown = Table(group, "n", "accuracy", "macro-F1", box=SIMPLE_HEAD, title=f"{main} by {group}", title_justify="left")
        for one in own.to_dict("records"):
            shown.add_row(one["value"], str(one["n"]), f"{one['accuracy']:.1f}", f"{one['macro_f1']:.1f}")
        console.print(shown)
    if main is not None:
        confusion = evaluation.confusion[main]
        shown = Table("label", *map(str, confusion.columns), box=SIMPLE_HEAD, title=f"What {main} says of each label", title_justify="left")
        for label, row in confusion.iterrows():
            shown.add_row(str(label), *map(str, row.tolist()))
        console.print(shown)


def _or(value: Any, other: str) -> str:
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    return other if pd.isna(value) else str(value)
