"""Charts of stance over time."""

from typing import Any

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.drawing import AGAINST, FAVOR, caption, group_columns, headline, how, is_corrected, style
from analysis.groups import PERIODS

COLOURS = (FAVOR, AGAINST, "#009E73", "#CC79A7")
OFFSETS = {"day": 0.5, "week": 3.5, "month": 15, "quarter": 45, "year": 182}


def plot_over_time(
    summary: pd.DataFrame,
    smooth: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    *,
    title: str = "Stance over time",
    credit: str = "",
) -> np.ndarray[Any, Any]:
    """Draw stance per period as points with intervals, a smoothed line with its band, and events; one panel per target.

    Parameters
    ----------
    summary : pandas.DataFrame
        Of ``summarize`` with a period last in ``by``: ``["target", "month"]``, or ``["target", "speaker", "month"]`` for a line per speaker (the four with
        the most statements). Periods with too few articles have no point.
    smooth : pandas.DataFrame, optional
        Of ``smooth_stance`` over the same columns; the line breaks where there is too little.
    events : pandas.DataFrame, optional
        Of ``read_events``; those within the dates shown are marked.
    title, credit : str
        Headline; source of the data, written below.

    Returns
    -------
    array of matplotlib.axes.Axes
        One per panel.

    Raises
    ------
    ValueError
        If no period is among the groups, or there are no rows.
    """
    by = group_columns(summary)
    every = next((name for name in by if name in PERIODS), None)
    if every is None:
        raise ValueError(f"no period among the groups {', '.join(by)}; summarize with one of {', '.join(PERIODS)} in by")
    if summary.empty:
        raise ValueError("the summary has no rows, so there is nothing to draw")
    others = [name for name in by if name != every]
    panel, line = (others[0] if others else None), (others[1] if len(others) > 1 else None)
    panels = list(dict.fromkeys(summary[panel])) if panel else [None]
    lines = list(summary.groupby(line)["n_statements"].sum().nlargest(len(COLOURS)).index) if line else [None]
    days = pd.to_datetime(summary[every]) + pd.Timedelta(days=OFFSETS[every])
    with style():
        figure, grid = plt.subplots(
            len(panels), 1, sharex=True, squeeze=False, figsize=(8.6, 1.3 + 1.75 * len(panels)), layout="constrained"
        )
        axes = grid[:, 0]
        for ax, name in zip(axes, panels, strict=True):
            for place, who in enumerate(lines):
                mask = np.ones(len(summary), dtype=bool) if panel is None else (summary[panel] == name).to_numpy()
                mask = mask if who is None else mask & (summary[line] == who).to_numpy()
                shift = pd.Timedelta(days=OFFSETS[every] * 0.16 * (place - (len(lines) - 1) / 2))
                _draw_points(ax, days[mask] + shift, summary[mask], COLOURS[place], "" if who is None else str(who))
                if line is None:
                    _write_numbers(ax, days[mask], summary[mask])
                if smooth is not None:
                    chosen = smooth if panel is None else smooth[smooth[panel] == name]
                    _draw_line(ax, chosen if who is None else chosen[chosen[line] == who], COLOURS[place], band=len(lines) <= 2)
            _finish(ax, "" if name is None else str(name))
        if line:
            axes[0].legend(loc="lower right", bbox_to_anchor=(1, 1.0), ncols=4, borderaxespad=0.2, columnspacing=1)
        margin = pd.Timedelta(days=OFFSETS[every] * 1.4)
        axes[-1].set_xlim(days.min() - margin, days.max() + margin)
        _mark_events(axes, events, days)
        locator = mdates.AutoDateLocator(maxticks=10)  # type: ignore[no-untyped-call]
        axes[-1].xaxis.set_major_locator(locator)
        axes[-1].xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
        figure.supylabel("mean stance (−1 against, +1 favor)", fontsize=9)
        headline(figure, title)
        known = summary[summary["estimate"].notna()]
        smoothed = "Line and band: kernel average of the classifier output, uncorrected." if smooth is not None else ""
        numbers = "Small figures: number of statements, pale where there are too few articles to show a point." if line is None else ""
        caption(figure, how(known), f"Points: per {every}, with interval.", smoothed, numbers, credit)
    return np.asarray(axes)


def _draw_points(ax: Axes, days: pd.Series, rows: pd.DataFrame, colour: str, label: str) -> None:
    known = rows["estimate"].notna().to_numpy()
    corrected = is_corrected(rows)
    total = f"{label} (n = {rows['n_statements'].sum():,})" if label else ""
    for filled, kept in ((False, known & ~corrected), (True, known & corrected)):
        if kept.any():
            part = rows[kept]
            reach = np.vstack([part["estimate"] - part["low"], part["high"] - part["estimate"]]).clip(min=0)
            look: dict[str, Any] = {
                "fmt": "D" if filled else "o",
                "markerfacecolor": colour if filled else "white",
                "ecolor": colour,
                "capsize": 2.2,
            }
            ax.errorbar(
                days[kept], part["estimate"], yerr=reach, color=colour, ms=4.6, mew=1.3, elinewidth=1.2, zorder=3, label=total, **look
            )


def _draw_line(ax: Axes, rows: pd.DataFrame, colour: str, band: bool) -> None:
    rows = rows.sort_values("day")
    ax.plot(rows["day"], rows["smooth"], color=colour, linewidth=1.8, zorder=2)
    if band:
        ax.fill_between(rows["day"], rows["low"].astype(float), rows["high"].astype(float), color=colour, alpha=0.16, linewidth=0, zorder=1)


def _write_numbers(ax: Axes, days: pd.Series, rows: pd.DataFrame) -> None:
    for day, number, estimate in zip(days, rows["n_statements"], rows["estimate"], strict=True):
        colour = "#BBBBBB" if np.isnan(estimate) else "#666666"
        ax.text(
            day,
            -1.33,
            f"{number}",
            ha="center",
            va="bottom",
            fontsize=6.8,
            color=colour,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
        )


def _finish(ax: Axes, name: str) -> None:
    ax.axhline(0, color="#888888", linewidth=0.8, zorder=0)
    ax.set_ylim(-1.36, 1.08)
    ax.set_yticks([-1, 0, 1], ["−1", "0", "+1"])
    ax.grid(axis="y")
    ax.set_title(name, fontsize=9.5, pad=3)


def _mark_events(axes: np.ndarray[Any, Any], events: pd.DataFrame | None, days: pd.Series) -> None:
    if events is None:
        return
    shown = events[(events["date"] >= days.min() - pd.Timedelta(days=31)) & (events["date"] <= days.max() + pd.Timedelta(days=31))]
    for row, (_, event) in enumerate(shown.sort_values("date").iterrows()):
        for ax in axes:
            ax.axvline(event["date"], color="#444444", linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
        late = event["date"] > days.min() + (days.max() - days.min()) * 0.8
        axes[0].annotate(
            event["event"],
            (event["date"], 1.0),
            # Neighbouring events stand on two lines, so that their names do not run into each other.
            (-3 if late else 3, -2 - 10 * (row % 2)),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            fontsize=7.5,
            color="#444444",
            va="top",
            ha="right" if late else "left",
        )
