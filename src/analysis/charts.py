"""Charts of the estimates in one style: the interval is always drawn, the numbers behind it always written."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Patch, Rectangle

from analysis.drawing import (
    AGAINST,
    DIVERGING,
    FAVOR,
    INK,
    NEUTRAL,
    PALE,
    UNSURE_FACE,
    caption,
    draw_interval,
    explain_markers,
    group_columns,
    headline,
    how,
    is_corrected,
    named,
    signed,
    style,
)
from analysis.tables import CLASSES, UNSURE

LETTER = 0.024  # its width in a bar, as a share of statements
NEUTRAL_LINE = "#888888"  # an outline in the neutral fill would be too pale to see


def plot_stance(summary: pd.DataFrame, *, title: str = "Stance", most: int = 25, credit: str = "") -> np.ndarray[Any, Any]:
    """Draw shares against, neutral and favor as a diverging bar per group, and the mean stance with its interval beside it.

    Parameters
    ----------
    summary : pandas.DataFrame
        Of ``summarize``.
    title, credit : str
        Headline; source of the data, written below.
    most : int
        Groups drawn at most: those with the most statements. How many are left out is written below.

    Returns
    -------
    array of matplotlib.axes.Axes
        The shares and the means; ``axes[0].figure`` is the figure.

    Raises
    ------
    ValueError
        If the summary has no rows.
    """
    if summary.empty:
        raise ValueError("the summary has no rows, so there is nothing to draw")
    by = group_columns(summary)
    kept = summary.nlargest(most, "n_statements", keep="first").sort_index()
    known = kept["estimate"].notna().to_numpy()
    places = np.arange(len(kept))[::-1]
    with style():
        figure, axes = plt.subplots(
            1,
            2,
            sharey=True,
            figsize=(8.6, 1.5 + 0.44 * len(kept)),
            gridspec_kw={"width_ratios": [3, 2], "wspace": 0.06},
            layout="constrained",
        )
        _draw_shares(axes[0], kept[known], places[known], bool(kept["n_unsure"].sum()))
        _draw_means(axes[1], kept[known], places[known])
        for place, (_, row) in zip(places[~known], kept[~known].iterrows(), strict=True):
            _draw_counts(axes[0], place, row)
            few = "too few articles\nfor an estimate"
            axes[1].text(0, place, few, ha="center", va="center", color=PALE, style="italic", fontsize=7.5)
        axes[0].set_yticks(places, [named(row, by) for _, row in kept.iterrows()])
        axes[0].set_ylim(-0.6, len(kept) - 0.4)
        headline(figure, title)
        left_out = f"The {len(kept)} groups with the most statements, of {len(summary)}." if len(kept) < len(summary) else ""
        caption(figure, how(kept[known]), left_out, credit)
    return np.asarray(axes)


def plot_heatmap(
    summary: pd.DataFrame,
    *,
    rows: str = "speaker",
    columns: str = "target",
    title: str = "Stance by speaker",
    most: int = 20,
    credit: str = "",
) -> Axes:
    """Draw mean stance as coloured cells, each with its value, interval and number of statements; cells with too few articles are left blank.

    Parameters
    ----------
    summary : pandas.DataFrame
        Of ``summarize(by=[columns, rows])``.
    rows, columns : str
        The two grouping columns.
    title, credit : str
        Headline; source of the data, written below.
    most : int
        Rows drawn at most: those with the most statements.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If one of the two columns is missing or the summary has no rows.
    """
    for name in (rows, columns):
        if name not in summary.columns:
            raise ValueError(f"the summary has no column {name!r}; summarize with by=[{columns!r}, {rows!r}]")
    if summary.empty:
        raise ValueError("the summary has no rows, so there is nothing to draw")
    usable = summary[summary.groupby(rows)["estimate"].transform(lambda values: values.notna().any())]
    shown = usable if len(usable) else summary
    heads = shown.groupby(rows, sort=False)["n_statements"].sum().sort_values(ascending=False).index[:most]
    sides = list(dict.fromkeys(summary[columns]))
    with style():
        figure, ax = plt.subplots(figsize=(2.4 + 1.35 * len(sides), 1.5 + 0.56 * len(heads)), layout="constrained")
        for _, row in shown[shown[rows].isin(heads)].iterrows():
            _draw_cell(ax, sides.index(row[columns]), list(heads).index(row[rows]), row)
        ax.set(xlim=(0, len(sides)), ylim=(len(heads), 0))
        ax.set_xticks(np.arange(len(sides)) + 0.5, [str(side) for side in sides], fontweight="bold")
        ax.set_yticks(np.arange(len(heads)) + 0.5, [str(head) for head in heads])
        ax.tick_params(length=0, top=False, labeltop=True, labelbottom=False)
        for spine in ax.spines.values():
            spine.set_visible(False)
        scale = plt.cm.ScalarMappable(Normalize(-1, 1), DIVERGING)
        bar = figure.colorbar(scale, ax=ax, shrink=min(1.0, 2.2 / figure.get_figheight() + 0.3), aspect=18, pad=0.03)
        bar.set_ticks([-1, 0, 1], labels=["against −1", "0", "favor +1"])
        bar.outline.set_visible(False)
        headline(figure, title)
        left_out = summary[rows].nunique() - len(heads)
        note = f"{left_out} further {rows}s have fewer statements or too few articles." if left_out else ""
        caption(figure, how(summary[summary["estimate"].notna()]), "n: statements. Hatched: too few articles.", note, credit)
    return ax


def _draw_shares(ax: Axes, kept: pd.DataFrame, places: np.ndarray[Any, Any], any_unsure: bool) -> None:
    against, neutral, unsure, favor = (kept[f"share_{name}"].to_numpy(dtype=float) for name in ("against", "neutral", "unsure", "favor"))
    middle = neutral + unsure
    starts = {
        "against": (-middle / 2 - against, against, AGAINST, None),
        "neutral": (-middle / 2, neutral, NEUTRAL, None),
        "unsure": (-middle / 2 + neutral, unsure, UNSURE_FACE, "////"),
        "favor": (middle / 2, favor, FAVOR, None),
    }
    for name, (left, width, colour, hatch) in starts.items():
        ax.barh(places, width, left=left, color=colour, height=0.66, hatch=hatch, edgecolor="#AAAAAA" if hatch else "none", linewidth=0)
        for place, start, size in zip(places, left, width, strict=True):
            if size >= 0.095:
                ink = INK if name in ("neutral", "unsure") else "white"
                ax.text(start + size / 2, place, f"{size:.0%}", ha="center", va="center", fontsize=7.5, color=ink)
    ax.axvline(0, color="#888888", linewidth=0.8, zorder=0)
    ax.set_xlim(-1.02, 1.02)
    ax.set_xticks([-1, -0.5, 0, 0.5, 1], ["100 %", "50 %", "0", "50 %", "100 %"])
    ax.set_xlabel("share of statements")
    drawn: list[tuple[str, str, str | None]] = [("against", AGAINST, None), ("neutral", NEUTRAL, None), ("favor", FAVOR, None)]
    if any_unsure:
        drawn.insert(2, ("unsure", UNSURE_FACE, "////"))
    patches = [Patch(facecolor=colour, hatch=hatch, edgecolor="#AAAAAA" if hatch else "none", label=name) for name, colour, hatch in drawn]
    ax.legend(handles=patches, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, borderaxespad=0.2, handlelength=1.2, columnspacing=1.2)


def _draw_counts(ax: Axes, place: float, row: pd.Series) -> None:
    """Show how the few statements of a group were labelled: outlines with numbers, never a full bar that looks like an estimate."""
    parts = [("against", AGAINST), ("neutral", NEUTRAL_LINE), ("unsure", NEUTRAL_LINE), ("favor", FAVOR)]
    counts = {name: row[f"n_{name}"] / row["n_statements"] for name, _ in parts}
    left = -counts["against"] - (counts["neutral"] + counts["unsure"]) / 2
    for name, colour in parts:
        if counts[name]:
            ax.barh(
                place,
                counts[name],
                left=left,
                height=0.5,
                facecolor="white",
                edgecolor=colour,
                linewidth=1.2,
                hatch="////" if name == "unsure" else None,
            )
            said = f"{row[f'n_{name}']} {name}"
            shown = said if counts[name] >= LETTER * len(said) else f"{row[f'n_{name}']}"
            ax.text(left + counts[name] / 2, place, shown, ha="center", va="center", fontsize=7, color=INK)
        left += counts[name]


def _draw_means(ax: Axes, kept: pd.DataFrame, places: np.ndarray[Any, Any]) -> None:
    ax.axvline(0, color="#888888", linewidth=0.8, zorder=0)
    ax.grid(axis="x")
    corrected = is_corrected(kept)
    for place, (_, row), labelled in zip(places, kept.iterrows(), corrected, strict=True):
        draw_interval(ax, row["estimate"], place, row["low"], row["high"], bool(labelled))
    ax.set_xlim(-1.05, 1.05)
    ax.set_xticks([-1, -0.5, 0, 0.5, 1], ["−1", "−0.5", "0", "0.5", "1"])
    ax.set_xlabel("mean stance (−1 to +1), interval")
    ax.spines["left"].set_visible(False)
    if corrected.any() and not corrected.all():
        explain_markers(ax)


def _draw_cell(ax: Axes, column: int, line: int, row: pd.Series) -> None:
    if np.isnan(row["estimate"]):
        ax.add_patch(Rectangle((column, line), 1, 1, facecolor="white", edgecolor="#DDDDDD", hatch="///", linewidth=0))
        counts = "\n".join(f"{row[f'n_{name}']} {name}" for name in (*CLASSES, UNSURE) if row[f"n_{name}"])
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        ax.text(column + 0.5, line + 0.5, counts, ha="center", va="center", fontsize=7.5, color="#555555", bbox=box)
        return
    colour = DIVERGING((row["estimate"] + 1) / 2)
    ink = "white" if 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] < 0.55 else INK
    ax.add_patch(Rectangle((column, line), 1, 1, facecolor=colour, edgecolor="white", linewidth=2))
    ax.text(column + 0.5, line + 0.34, signed(row["estimate"]), ha="center", va="center", fontsize=9.5, fontweight="bold", color=ink)
    small = f"[{signed(row['low'])}, {signed(row['high'])}]  n = {row['n_statements']}"
    ax.text(column + 0.5, line + 0.7, small, ha="center", va="center", fontsize=6.3, color=ink)
