"""The charts of a run, as files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from analysis.charts import plot_heatmap, plot_stance
from analysis.comparison_charts import plot_raw_and_corrected
from analysis.drawing import group_columns, is_corrected, load_backend
from analysis.results import Results
from analysis.storage import CHARTS, ENDINGS
from analysis.time_charts import plot_over_time


def draw_all(results: Results, folder: Path) -> int:
    """Draw what the results allow, each chart as PNG and SVG; return the number of files.

    Parameters
    ----------
    results : Results
        Tables and summaries of a run.
    folder : Path
        Where the files go; made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in CHARTS:  # a chart this run does not draw must not stay from an earlier one
        for ending in ENDINGS:
            (folder / old).with_suffix(ending).unlink(missing_ok=True)
    by_target, by_speaker = results.summaries.get(("target",)), results.summaries.get(("target", "speaker"))
    drawn = 0
    if by_target is not None and len(by_target):
        drawn += save(folder / "stance-by-target", lambda: plot_stance(by_target, title="Stance toward each target"))
    if by_target is not None and is_corrected(by_target).any():
        drawn += save(folder / "raw-and-corrected", lambda: plot_raw_and_corrected(beside(by_target)))
    if by_speaker is not None and len(by_speaker):
        drawn += save(folder / "stance-by-speaker", lambda: plot_heatmap(by_speaker, title="Who takes which stance"))
    trend = results.over_time
    if trend:
        drawn += save(folder / "stance-over-time", lambda: plot_over_time(trend.points, trend.smooth, trend.events))
    return drawn


def beside(summary: pd.DataFrame) -> pd.DataFrame:
    """Return a summary's mean stance by the classifier alone beside the corrected one, as ``plot_raw_and_corrected`` takes it."""
    known = summary[summary["raw_estimate"].notna()]
    corrected = is_corrected(known)
    table = known[group_columns(known)].assign(
        quantity="stance", raw=known["raw_estimate"], raw_low=known["raw_low"], raw_high=known["raw_high"]
    )
    table = table.assign(
        corrected=known["estimate"].where(corrected), low=known["low"].where(corrected), high=known["high"].where(corrected)
    )
    return table.assign(n_labels=known["n_labels"], n_statements=known["n_statements"], n_articles=known["n_articles"])


def save(path: Path, draw: Callable[[], Any]) -> int:
    """Draw a chart and write it as PNG and SVG; the same input gives the same bytes."""
    load_backend()
    with plt.rc_context({"svg.hashsalt": "stance"}):
        figure = np.ravel(np.asarray(draw(), dtype=object))[0].figure
        for ending in ENDINGS:
            figure.savefig(path.with_suffix(ending), dpi=160, bbox_inches="tight", metadata={"Date": None} if ending == ".svg" else None)
    plt.close(figure)
    return len(ENDINGS)
