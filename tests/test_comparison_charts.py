import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from stats_tables import corpus, labels_of

from analysis.compare import differences
from analysis.comparison_charts import plot_differences, plot_raw_and_corrected
from analysis.groups import join
from analysis.summary import compare_raw_and_corrected

SCORES, STATEMENTS, MENTIONS, ARTICLES, TRUTH = corpus(80)
ROWS = join(SCORES, STATEMENTS, ARTICLES)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_differences_with_intervals_numbers_and_the_count_of_comparisons():
    table = differences(ROWS, "speaker")
    ax = plot_differences(table)
    lines = [line.get_xdata() for line in ax.lines]
    assert all(any(len(x) == 2 and np.allclose(x, [row["low"], row["high"]]) for x in lines) for _, row in table.iterrows())
    labels = "\n".join(label.get_text() for label in ax.get_yticklabels())
    assert "NATO: Bo Lindqvist minus Ana Petrov" in labels
    assert "n = " in labels
    assert f"Holm's allowance for {len(table)} comparisons" in ax.figure.get_supxlabel()


def test_largest_differences_only():
    ax = plot_differences(differences(ROWS, "speaker"), most=2)
    assert len(ax.get_yticks()) == 2
    assert "The 2 largest of 6." in ax.figure.get_supxlabel()


def test_raw_and_corrected_both_with_interval():
    table = compare_raw_and_corrected(ROWS, labels_of(TRUTH[TRUTH["target"] == "NATO"].head(50)))
    ax = plot_raw_and_corrected(table)
    lines = [line.get_xdata() for line in ax.lines]
    nato = table.iloc[0]
    for ends in ([nato["raw_low"], nato["raw_high"]], [nato["low"], nato["high"]]):
        assert any(len(x) == 2 and np.allclose(x, ends) for x in lines)
    assert "too few labels to correct" in [text.get_text() for text in ax.texts]
    assert "50 labels" in ax.get_yticklabels()[0].get_text()
    assert "uncorrected" in ax.figure.get_supxlabel()


def test_errors():
    with pytest.raises(ValueError, match="no rows"):
        plot_differences(differences(ROWS, "speaker", min_articles=1000))
    with pytest.raises(ValueError, match="no rows for quantity 'mood'; there are stance, against, neutral, favor"):
        plot_raw_and_corrected(compare_raw_and_corrected(ROWS, labels_of(TRUTH)), quantity="mood")
