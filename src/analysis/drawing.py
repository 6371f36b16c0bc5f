"""What all charts share: the style, colours, marks and captions."""

from collections.abc import Callable, Sequence
from importlib import resources
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.tables import TABLES

AGAINST, NEUTRAL, FAVOR, UNSURE_FACE, INK, PALE = "#D55E00", "#C4C4C4", "#0072B2", "#EFEFEF", "#222222", "#777777"
STOPS = ("#B84A00", "#E9A26B", "#F4F4F2", "#7DB4D8", "#005A8F")
DIVERGING = LinearSegmentedColormap.from_list("stance", list(STOPS))
RAW_NOTE = "Classifier output, uncorrected."
CORRECTED_NOTE = "Corrected with hand labels."
# Columns of a summary that are results, so the others are the groups.
RESULTS = {*TABLES["summary"].columns, "n_effective", "raw_estimate", "raw_low", "raw_high"}


def style() -> Any:
    """Return the style every chart is drawn in, as a context: ``with style(): ...``."""
    load_backend()
    return plt.style.context(str(resources.files("analysis") / "stance.mplstyle"))


def load_backend() -> None:
    """Load Matplotlib's backend now.

    Jupyter's switches to interactive when it is loaded; loaded inside a context of settings, it would be switched off again at the context's end, and every chart
    after the first would not be shown.
    """
    draw: Callable[[], None] = plt.draw_if_interactive  # not typed by Matplotlib
    draw()


def group_columns(summary: pd.DataFrame) -> list[str]:
    """Return the columns of a summary that make its groups."""
    return [c for c in summary.columns if c not in RESULTS and not str(c).startswith("share_")]


def draw_interval(ax: Axes, x: float, y: float, low: float, high: float, corrected: bool, colour: str = INK) -> None:
    """Draw an estimate and its interval lengthwise; filled where corrected."""
    ax.plot([low, high], [y, y], color=colour, linewidth=1.6, solid_capstyle="butt", zorder=2)
    ax.plot([low, low, np.nan, high, high], [y - 0.12, y + 0.12, np.nan, y - 0.12, y + 0.12], color=colour, linewidth=1.2, zorder=2)
    ax.plot(
        x,
        y,
        "D" if corrected else "o",
        color=colour,
        markerfacecolor=colour if corrected else "white",
        markersize=5.5,
        markeredgewidth=1.4,
        zorder=3,
    )


def explain_markers(ax: Axes) -> None:
    """Add the legend of filled and open marks."""
    made: dict[str, Any] = {"marker": "o", "color": INK, "linestyle": "none", "markersize": 5.5, "markeredgewidth": 1.4}
    handles = [
        Line2D([], [], **{**made, "marker": "D"}, label="corrected"),
        Line2D([], [], **made, markerfacecolor="white", label="uncorrected"),
    ]
    ax.legend(handles=handles, loc="lower right", bbox_to_anchor=(1, 1.0), ncols=2, borderaxespad=0.2, handlelength=1, columnspacing=1)


def signed(value: float) -> str:
    """Write a stance with its sign and two decimals: +0.25, −0.25, 0.00."""
    return f"{value:+.2f}".replace("-", "−") if abs(value) >= 0.005 else "0.00"


def is_corrected(summary: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Return which rows of a summary carry corrected estimates."""
    return summary["method"].astype(str).str.startswith("corrected").to_numpy(dtype=bool)


def named(row: pd.Series, by: Sequence[str]) -> str:
    """Return a group's name and the numbers behind it."""
    names = [value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value) for value in row[list(by)]]
    labels = f", {row['n_labels']} labels" if row["n_labels"] else ""
    return f"{' · '.join(names)}\nn = {row['n_statements']:,} in {row['n_articles']:,} {'article' if row['n_articles'] == 1 else 'articles'}{labels}"


def how(known: pd.DataFrame) -> str:
    """Say whether estimates are corrected."""
    corrected = is_corrected(known)
    if len(known) and corrected.all():
        return CORRECTED_NOTE
    return f"Filled marks: corrected with hand labels; others: {RAW_NOTE[0].lower()}{RAW_NOTE[1:]}" if corrected.any() else RAW_NOTE


def caption(figure: Figure, *notes: str) -> None:
    """Write the notes below the figure."""
    figure.supxlabel(" ".join(note for note in notes if note), x=0.01, ha="left", fontsize=7.5, color="#555555", wrap=True)


def headline(figure: Figure, title: str) -> None:
    """Write the title above the figure."""
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12)
