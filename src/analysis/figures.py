"""The charts of a run, as files."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np

from analysis.charts import plot_heatmap, plot_stance
from analysis.summary import summarize
from analysis.time_charts import plot_over_time

if TYPE_CHECKING:
    from analysis.pipeline import Results

DAYS_A_MONTH_CHART = 60  # from this span on, stance is drawn by month, below it by week


def draw_all(results: "Results", folder: Path) -> int:
    """Draw what the results allow, each chart as PNG and SVG; return the number of files.

    Parameters
    ----------
    results : Results
        Tables and summaries of a run.
    folder : Path
        Where the files go; made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    by_target, by_speaker = results.summaries.get(("target",)), results.summaries.get(("target", "speaker"))
    drawn = 0
    if by_target is not None and len(by_target):
        drawn += save(folder / "stance-by-target", lambda: plot_stance(by_target, title="Stance toward each target"))
    if by_speaker is not None and len(by_speaker):
        drawn += save(folder / "stance-by-speaker", lambda: plot_heatmap(by_speaker, title="Who takes which stance"))
    published = results.tables["articles"]["published"].dropna()
    if published.nunique() > 1 and len(results.tables["scores"]):
        period = "month" if (published.max() - published.min()).days >= DAYS_A_MONTH_CHART else "week"
        summary = results.manifest["config"]["summary"]
        options = {k: summary[k] for k in ("min_articles", "level", "resamples", "seed")}
        tables = results.tables
        over_time = summarize(tables["scores"], ["target", period], statements=tables["statements"], articles=tables["articles"], **options)
        if len(over_time):
            drawn += save(folder / "stance-over-time", lambda: plot_over_time(over_time))
    return drawn


def save(path: Path, draw: Callable[[], Any]) -> int:
    """Draw a chart and write it as PNG and SVG; the same input gives the same bytes."""
    with plt.rc_context({"svg.hashsalt": "stance"}):
        figure = np.ravel(np.asarray(draw(), dtype=object))[0].figure
        for ending in (".png", ".svg"):
            figure.savefig(path.with_suffix(ending), dpi=160, bbox_inches="tight", metadata={"Date": None} if ending == ".svg" else None)
    plt.close(figure)
    return 2
