"""Charts of an evaluation: how sure against how right, and what abstaining buys."""

import re
from functools import partial
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.drawing import AGAINST, FAVOR, INK, PALE, caption, headline, style
from analysis.evaluate import ACCURATE, Evaluation, calibration_error, coverage_at, coverage_curve, reliability
from analysis.figures import save
from analysis.tables import CLASSES

COLOURS = (FAVOR, AGAINST, "#009E73", "#CC79A7", "#555555")
NOTE = "n = {:,} labelled statements."


def plot_reliability(evaluation: Evaluation, models: list[str] | None = None) -> Axes:
    """Draw the reliability diagram: share right in each bin of the likeliest class's probability; dots are sized by their statements.

    Parameters
    ----------
    evaluation : Evaluation
        What ``evaluate_stance`` returned.
    models : list of str, optional
        Classifiers to draw; all with probabilities without it.

    Returns
    -------
    matplotlib.axes.Axes
    """
    y = evaluation.labels
    with style():
        figure, ax = plt.subplots(figsize=(5.2, 5.0), layout="constrained")
        ax.plot([0, 1], [0, 1], color=PALE, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        for colour, name in zip(COLOURS, models or evaluation.probabilities, strict=False):
            p = evaluation.probabilities[name]
            bins = reliability(y, p)
            label = f"{name}: calibration error {calibration_error(y, p):.3f}"
            ax.plot(bins["confidence"], bins["accuracy"], color=colour, linewidth=1.2, label=label)
            ax.scatter(bins["confidence"], bins["accuracy"], s=12 + 400 * bins["n"] / len(y), color=colour, alpha=0.55, linewidth=0)
        ax.set(xlim=(0.3, 1.01), ylim=(0, 1.03), xlabel="probability of the likeliest class", ylabel="share right")
        ax.legend(loc="upper left")
        headline(figure, "When it says 80 %, is it right in 80 %?")
        caption(figure, NOTE.format(len(y)), "On the dashed line a classifier is as often right as it says.")
    return ax


def plot_coverage(evaluation: Evaluation, models: list[str] | None = None) -> Axes:
    """Draw accuracy against the share of statements kept when the least sure are called unsure.

    Parameters
    ----------
    evaluation : Evaluation
        What ``evaluate_stance`` returned.
    models : list of str, optional
        Classifiers to draw; all with probabilities without it.

    Returns
    -------
    matplotlib.axes.Axes
    """
    y = evaluation.labels
    with style():
        figure, ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
        ax.axhline(ACCURATE, color=PALE, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        for colour, name in zip(COLOURS, models or evaluation.probabilities, strict=False):
            curve = coverage_curve(y, evaluation.probabilities[name])
            share, _ = coverage_at(y, evaluation.probabilities[name])
            ax.plot(
                curve["coverage"],
                curve["accuracy"],
                color=colour,
                linewidth=1.6,
                label=f"{name}: {share:.0%} of statements at 90 % accuracy",
            )
            if share:
                ax.plot(share, ACCURATE, "o", color=INK, markersize=5, zorder=3)
        ax.set(xlim=(0, 1.01), ylim=(0.5, 1.01), xlabel="share of statements kept, surest first", ylabel="accuracy among them")
        ax.legend(loc="lower left")
        headline(figure, "What calling the rest unsure buys")
        caption(figure, NOTE.format(len(y)))
    return ax


def plot_confidence(scores: pd.DataFrame, threshold: float = 0.0) -> Axes:
    """Draw how sure a classifier is: a histogram of the likeliest class's probability, and the threshold below which it says unsure.

    Parameters
    ----------
    scores : pandas.DataFrame
        Table ``scores``.
    threshold : float
        Of the classifier; 0 is not drawn.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are no scores.
    """
    if scores.empty:
        raise ValueError("there are no scores, so there is nothing to draw")
    top = scores[[f"p_{c}" for c in CLASSES]].max(axis=1)
    below = f" Dashed: below {threshold:.2f} it says unsure, {(top < threshold).sum():,} times." if threshold else ""
    with style():
        figure, ax = plt.subplots(figsize=(6.4, 2.8), layout="constrained")
        ax.hist(top, bins=list(np.linspace(0.3, 1.0, 15)), color=FAVOR, edgecolor="white")
        if threshold:
            ax.axvline(threshold, color=INK, linestyle=(0, (4, 3)))
        ax.set(xlim=(0.3, 1.0), xlabel="probability of the likeliest class", ylabel="scores")
        headline(figure, "How sure the classifier is")
        caption(figure, f"n = {len(scores):,} scores.{below}")
    return ax


FIGURES = {"reliability": plot_reliability, "coverage": plot_coverage}


def write_evaluation(evaluation: Evaluation, folder: Path) -> int:
    """Write the tables (CSV) and the figures (PNG, SVG) of an evaluation to a folder, made if need be, and return the number of files."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"accuracy": evaluation.table.rename_axis("classifier").reset_index()} | {
        f"by-{name}": t for name, t in evaluation.groups.items()
    }
    tables |= {f"confusion-{slug(name)}": t.rename_axis("label").reset_index() for name, t in evaluation.confusion.items()}
    tables |= {f"wrong-{slug(name)}": t for name, t in evaluation.wrong.items()}
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    drawn = [save(folder / name, partial(draw, evaluation)) for name, draw in FIGURES.items()]
    return len(tables) + sum(drawn)


def slug(name: str) -> str:
    """Return a name as a file's name."""
    return re.sub(r"[^\w-]+", "-", name).strip("-")
