import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from stats_tables import corpus, labels_of, scored

from analysis.charts import plot_heatmap, plot_stance
from analysis.drawing import AGAINST, FAVOR, group_columns, signed
from analysis.groups import join
from analysis.summary import summarize

SCORES, STATEMENTS, MENTIONS, ARTICLES, TRUTH = corpus(60)
ROWS = join(SCORES, STATEMENTS, ARTICLES)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def words(figure):
    found = [text.get_text() for ax in figure.axes for text in ax.texts]
    found += [label.get_text() for ax in figure.axes for label in [*ax.get_yticklabels(), *ax.get_xticklabels()]]
    found += [text.get_text() for text in figure.texts]
    found += [figure.get_suptitle(), figure.get_supxlabel()]
    return "\n".join(found)


def bars(ax, colour):
    return [patch for patch in ax.patches if to_hex(patch.get_facecolor()) == colour.lower() and not patch.get_hatch()]


def test_bars_by_hand_neutral_in_the_middle():
    rows = scored(
        [("a", "NATO", "Ana", "against"), ("b", "NATO", "Ana", "against"), ("c", "NATO", "Ana", "neutral"), ("d", "NATO", "Ana", "favor")]
    )
    axes = plot_stance(summarize(rows, min_articles=2))
    (against,), (favor,) = bars(axes[0], AGAINST), bars(axes[0], FAVOR)
    assert (against.get_x(), against.get_width()) == pytest.approx((-0.625, 0.5))
    assert (favor.get_x(), favor.get_width()) == pytest.approx((0.125, 0.25))


def test_interval_number_and_caption_are_always_there():
    summary = summarize(ROWS)
    axes = plot_stance(summary, credit="Data: Gazette.")
    assert all(isinstance(ax, Axes) for ax in axes)
    lines = [line.get_xdata() for line in axes[1].lines]
    for _, row in summary.iterrows():
        assert any(len(x) == 2 and np.allclose(x, [row["low"], row["high"]]) for x in lines)
        assert f"n = {row['n_statements']} in {row['n_articles']} articles" in words(axes[0].figure)
    assert "Classifier output, uncorrected." in words(axes[0].figure)
    assert "Data: Gazette." in words(axes[0].figure)


def test_corrected_estimates_say_so():
    told = words(plot_stance(summarize(ROWS, labels=labels_of(TRUTH)))[0].figure)
    assert "Corrected with hand labels." in told
    assert "uncorrected" not in told
    assert f"{(TRUTH['target'] == 'NATO').sum()} labels" in told
    some = words(plot_stance(summarize(ROWS, labels=labels_of(TRUTH[TRUTH["target"] == "NATO"])))[0].figure)
    assert "Filled marks: corrected with hand labels; others: classifier output, uncorrected." in some


def test_too_few_articles_is_written_and_not_drawn():
    axes = plot_stance(summarize(ROWS, min_articles=1000))
    assert not bars(axes[0], AGAINST)
    assert "too few articles" in words(axes[0].figure)


def test_many_groups_are_cut_and_counted():
    summary = summarize(ROWS, ["target", "month"], min_articles=1)
    axes = plot_stance(summary, most=5)
    assert len(axes[0].get_yticks()) == 5
    assert f"The 5 groups with the most statements, of {len(summary)}." in words(axes[0].figure)


def test_heatmap_cells_by_hand():
    summary = summarize(ROWS, ["target", "speaker"], min_articles=15)
    ax = plot_heatmap(summary)
    told = words(ax.figure)
    for _, row in summary.iterrows():
        assert (signed(row["estimate"]) in told) or np.isnan(row["estimate"])
        assert f"n = {row['n_statements']}" in told
    assert {"NATO", "US", "Ana Petrov", "(no speaker)"} <= set(told.split("\n"))
    blank = summarize(ROWS, ["target", "speaker"], min_articles=1000)
    assert "Hatched: too few articles" in words(plot_heatmap(blank).figure)


def test_signed_and_groups():
    assert [signed(value) for value in (0.25, -0.25, 0.001, -0.001)] == ["+0.25", "−0.25", "0.00", "0.00"]
    assert group_columns(summarize(ROWS, ["month", "target"])) == ["month", "target"]


def test_style_does_not_leak_and_files_are_reproducible(tmp_path):
    before = dict(plt.rcParams)
    figure = plot_stance(summarize(ROWS))[0].figure
    assert dict(plt.rcParams) == before
    figure.savefig(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").stat().st_size > 5000


def test_errors():
    with pytest.raises(ValueError, match="no rows"):
        plot_stance(pd.DataFrame(columns=["estimate"]))
    with pytest.raises(ValueError, match="no column 'speaker'"):
        plot_heatmap(summarize(ROWS))
