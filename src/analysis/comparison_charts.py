"""Charts of differences between groups, and of raw beside corrected estimates."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.drawing import FAVOR, INK, PALE, RAW_NOTE, caption, draw_interval, explain_markers, headline, how, is_corrected, signed, style

RESULTS = {
    "first",
    "second",
    "difference",
    "low",
    "high",
    "p",
    "p_holm",
    "n_comparisons",
    "n_articles_first",
    "n_articles_second",
    "n_labels",
    "method",
}


def plot_differences(table: pd.DataFrame, *, title: str = "Differences in mean stance", most: int = 25, credit: str = "") -> Axes:
    """Draw differences with their intervals; those that hold after allowing for the number of comparisons are in ink, the others pale.

    Parameters
    ----------
    table : pandas.DataFrame
        Of ``differences`` or ``before_after``.
    title, credit : str
        Headline; source of the data, written below.
    most : int
        Differences drawn at most: those furthest from 0.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the table has no rows.
    """
    if table.empty:
        raise ValueError("the table of differences has no rows: fewer than two groups had enough articles")
    by = [c for c in table.columns if c not in RESULTS]
    kept = table.loc[table["difference"].abs().sort_values(ascending=False).index[:most]].sort_index()
    places = np.arange(len(kept))[::-1]
    corrected = is_corrected(kept)
    with style():
        figure, ax = plt.subplots(figsize=(7.6, 1.5 + 0.42 * len(kept)), layout="constrained")
        ax.axvline(0, color="#888888", linewidth=0.8, zorder=0)
        ax.grid(axis="x")
        names = []
        for place, (_, row), labelled in zip(places, kept.iterrows(), corrected, strict=True):
            draw_interval(ax, row["difference"], place, row["low"], row["high"], bool(labelled), INK if row["p_holm"] < 0.05 else "#A8A8A8")
            groups = " · ".join(str(row[name]) for name in by)
            names.append(f"{groups}{': ' if groups else ''}{_short(row['second'])} minus {_short(row['first'])}\n{_behind(row)}")
        ax.set_yticks(places, names)
        ax.set_ylim(-0.6, len(kept) - 0.4)
        reach = float(np.nanmax(np.abs(kept[["low", "high"]].to_numpy(dtype=float)))) * 1.08
        ax.set_xlim(-reach, reach)
        ax.set_xlabel("difference in mean stance (above 0: second is more in favor), with interval")
        if corrected.any() and not corrected.all():
            explain_markers(ax)
        headline(figure, title)
        number = int(table["n_comparisons"].iloc[0])
        many = (
            f"Black: differs from 0 at 5 % after Holm's allowance for {number} comparisons."
            if number > 1
            else "Black: differs from 0 at 5 %."
        )
        left_out = f"The {len(kept)} largest of {len(table)}." if len(kept) < len(table) else ""
        caption(figure, how(kept), many, left_out, credit)
    return ax


def plot_raw_and_corrected(
    table: pd.DataFrame, *, quantity: str = "stance", title: str = "Classifier alone and corrected with hand labels", credit: str = ""
) -> Axes:
    """Draw the classifier's estimate and the corrected one of each group, one above the other.

    Parameters
    ----------
    table : pandas.DataFrame
        Of ``compare_raw_and_corrected``.
    quantity : str
        stance, against, neutral or favor.
    title, credit : str
        Headline; source of the data, written below.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the table has no rows for the quantity.
    """
    kept = table[table["quantity"] == quantity]
    if kept.empty:
        raise ValueError(f"no rows for quantity {quantity!r}; there are {', '.join(map(str, table['quantity'].unique())) or 'none'}")
    by = list(table.columns[: list(table.columns).index("quantity")])
    places = np.arange(len(kept))[::-1]
    with style():
        figure, ax = plt.subplots(figsize=(7.6, 1.7 + 0.62 * len(kept)), layout="constrained")
        ax.axvline(0, color="#888888", linewidth=0.8, zorder=0)
        ax.grid(axis="x")
        for place, (_, row) in zip(places, kept.iterrows(), strict=True):
            draw_interval(ax, row["raw"], place + 0.16, row["raw_low"], row["raw_high"], False, PALE)
            if pd.isna(row["corrected"]):
                ax.text(
                    row["raw"], place - 0.2, "too few labels to correct", ha="center", va="center", color=PALE, style="italic", fontsize=7.5
                )
            else:
                draw_interval(ax, row["corrected"], place - 0.16, row["low"], row["high"], True, FAVOR)
                ax.text(row["high"], place - 0.16, f"  {signed(row['corrected'])}", va="center", fontsize=7.5, color=FAVOR)
        ax.set_yticks(places, [_numbers(row, by) for _, row in kept.iterrows()])
        ax.set_ylim(-0.6, len(kept) - 0.4)
        ax.set_xlim((-1.05, 1.05) if quantity == "stance" else (-0.02, 1.02))
        ax.set_xlabel("mean stance (−1 against, +1 favor) with interval" if quantity == "stance" else f"share {quantity} with interval")
        look: dict[str, Any] = {"linestyle": "none", "markersize": 5.5, "markeredgewidth": 1.4}
        handles = [
            Line2D([], [], marker="o", color=PALE, markerfacecolor="white", label="classifier alone", **look),
            Line2D([], [], marker="D", color=FAVOR, label="corrected", **look),
        ]
        ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2, handlelength=1)
        headline(figure, title)
        caption(
            figure,
            f"Grey: {RAW_NOTE[0].lower()}{RAW_NOTE[1:]} The corrected interval allows for the classifier's errors too.",
            credit,
        )
    return ax


def _numbers(row: pd.Series, by: list[str]) -> str:
    names = " · ".join(str(row[name]) for name in by)
    return f"{names}\nn = {row['n_statements']:,} in {row['n_articles']:,} articles, {row['n_labels']} labels"


def _behind(row: pd.Series) -> str:
    labels = f", {row['n_labels']} labels" if row["n_labels"] else ""
    return f"n = {row['n_articles_second']:,} and {row['n_articles_first']:,} articles{labels}"


def _short(value: object) -> str:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)
