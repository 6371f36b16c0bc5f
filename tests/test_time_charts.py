import matplotlib

matplotlib.use("Agg")

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from stats_tables import corpus

from analysis.groups import join
from analysis.summary import summarize
from analysis.time_charts import plot_over_time
from analysis.trends import smooth_stance

SCORES, STATEMENTS, MENTIONS, ARTICLES, _ = corpus(80)
ROWS = join(SCORES, STATEMENTS, ARTICLES)
EVENTS = pd.DataFrame({"date": pd.to_datetime(["2022-05-18", "1999-01-01"]), "event": ["Two countries apply", "Long ago"]})


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_one_panel_per_target_with_points_line_numbers_and_event():
    summary = summarize(ROWS, ["target", "month"], min_articles=5)
    axes = plot_over_time(summary, smooth_stance(ROWS), EVENTS, credit="Data: Gazette.")
    assert [ax.get_title("left") for ax in axes] == ["NATO", "US"]
    nato = summary[summary["target"] == "NATO"]
    drawn = [container for container in axes[0].containers if container.has_yerr]
    assert sum(len(container.lines[0].get_xdata()) for container in drawn) == nato["estimate"].notna().sum()
    assert {text.get_text() for text in axes[0].texts} >= {str(n) for n in nato["n_statements"]}
    told = " ".join(text.get_text() for text in axes[0].texts)
    assert "Two countries apply" in told
    assert "Long ago" not in told
    assert "Data: Gazette." in axes[0].figure.get_supxlabel()
    assert "uncorrected" in axes[0].figure.get_supxlabel()


def test_gap_breaks_the_line():
    rows = ROWS[~ROWS["published"].between("2022-03-15", "2022-08-15")]
    axes = plot_over_time(summarize(rows, ["target", "month"]), smooth_stance(rows))
    line = next(line for line in axes[0].lines if len(line.get_xdata()) > 20)
    day = np.asarray(mdates.date2num(line.get_xdata()))
    inside = (day > mdates.date2num(pd.Timestamp("2022-05-01"))) & (day < mdates.date2num(pd.Timestamp("2022-07-01")))
    assert inside.any()
    assert np.isnan(np.asarray(line.get_ydata(), dtype=float)[inside]).all()


def test_line_per_speaker_has_a_legend_with_numbers():
    axes = plot_over_time(
        summarize(ROWS, ["target", "speaker", "quarter"], min_articles=2), smooth_stance(ROWS, ["target", "speaker"], every="quarter")
    )
    told = " ".join(text.get_text() for text in axes[0].get_legend().get_texts())
    assert "Ana Petrov (n = " in told
    assert "(no speaker) (n = " in told


def test_period_alone_is_one_panel():
    assert len(plot_over_time(summarize(ROWS, ["month"]))) == 1


def test_errors():
    with pytest.raises(ValueError, match="no period among the groups target"):
        plot_over_time(summarize(ROWS, ["target"]))
    with pytest.raises(ValueError, match="no rows"):
        plot_over_time(summarize(ROWS, ["month"])[:0])
