"""Accuracy measures against answers worked out by hand."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.baselines import baselines, tfidf, vader
from analysis.classifiers import Pair
from analysis.evaluate import (
    by_group,
    calibration_error,
    coverage_at,
    coverage_curve,
    evaluate_labels,
    evaluate_stance,
    f1_scores,
    measures,
    reliability,
)
from analysis.evaluation_charts import plot_confidence, plot_coverage, plot_reliability, write_evaluation
from analysis.rows import labels_from

Y = np.array([0, 0, 1, 2])
P = np.array([[0.9, 0.05, 0.05], [0.2, 0.7, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]])


def test_f1_by_hand():
    # against: 1 hit, 2 true, 1 said; neutral: 1 hit, 1 true, 2 said; favor: all right
    assert f1_scores(Y, P.argmax(1)).tolist() == pytest.approx([200 / 3, 200 / 3, 100])


def test_measures_by_hand():
    found = measures(Y, P)
    assert found["macro_f1"] == pytest.approx((200 / 3 + 200 / 3 + 100) / 3)
    assert found["accuracy"] == pytest.approx(75)
    assert found["low"] <= found["macro_f1"] <= found["high"]


def test_a_class_never_there_nor_guessed_counts_zero():
    assert f1_scores(np.array([1, 1]), np.array([1, 1])).tolist() == [0, 100, 0]


def test_calibration_error_by_hand():
    # four bins of one or two: 0.9 right, 0.7 wrong, and twice 0.8 right
    assert calibration_error(Y, P) == pytest.approx((0.1 + 0.7 + 0.4) / 4)


def test_perfect_and_sure_is_calibrated():
    assert calibration_error(np.array([0, 2]), np.eye(3)[[0, 2]]) == 0


def test_vader_calls_tone_not_stance():
    pairs = [Pair(text, 0, 3, "x") for text in ("Wonderful, great news!", "A horrible, terrible crime.", "The table has four legs.")]
    assert vader(pairs).argmax(1).tolist() == [2, 0, 1]


def test_tfidf_learns_what_it_is_shown(tmp_path):
    rows = [("friend ally help", "favor"), ("enemy liar threat", "against"), ("talks meeting monday", "neutral")] * 4
    path = tmp_path / "train.jsonl"
    path.write_text(
        "".join(json.dumps({"id": i, "text": t, "target": "x", "start": 0, "end": 3, "stance": s}) + "\n" for i, (t, s) in enumerate(rows))
    )
    p = tfidf(path, [Pair("enemy liar", 0, 3, "x"), Pair("friend ally", 0, 3, "x")])
    assert p.argmax(1).tolist() == [0, 2]


def test_without_training_data_there_is_no_tfidf():
    assert list(baselines(None)) == ["majority (neutral)", "VADER"]


def test_a_row_without_label_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"'r9'.*'maybe'"):
        labels_from([{"id": "r9", "stance": "maybe"}], tmp_path / "x.jsonl")


def test_coverage_by_hand():
    # surest first: 0.9 right, 0.8 wrong (against taken for neutral is the 0.7), 0.8 right, 0.7 wrong
    curve = coverage_curve(Y, P)
    assert curve["coverage"].tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve["accuracy"].tolist() == [1.0, 1.0, 1.0, 0.75]
    assert coverage_at(Y, P) == (0.75, pytest.approx(0.8))
    assert coverage_at(Y, P, accuracy=0.5) == (1.0, pytest.approx(0.7))
    assert coverage_at(np.array([1]), P[:1]) == (0.0, 1.0)


def test_reliability_by_hand():
    bins = reliability(Y, P)
    assert bins["n"].tolist() == [1, 2, 1]
    assert bins["confidence"].tolist() == pytest.approx([0.7, 0.8, 0.9])
    assert bins["accuracy"].tolist() == [0.0, 1.0, 1.0]


def test_groups_by_hand():
    table = by_group(Y, {"m": P}, ["news", "speech", "news", None])
    assert table[["value", "n", "accuracy"]].to_numpy().tolist() == [["news", 2, 100.0], ["speech", 1, 0.0]]


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory):
    path = tmp_path_factory.mktemp("gold") / "gold.jsonl"
    rows = [("We thank Ukraine.", "favor"), ("We thank Ukraine again.", "favor"), ("Ukraine is large.", "neutral")]
    path.write_text(
        "".join(
            json.dumps(
                {"id": i, "text": t, "target": "Ukraine", "start": t.index("U"), "end": t.index("U") + 7, "stance": s, "genre": "speech"}
            )
            + "\n"
            for i, (t, s) in enumerate(rows)
        )
    )
    return evaluate_stance(path)


def test_table_has_a_row_for_each_classifier(evaluation):
    table = evaluation.table
    assert table.index.tolist() == ["default", "default without target", "majority (neutral)", "VADER"]
    assert table.loc["majority (neutral)", "accuracy"] == pytest.approx(33.3)
    assert np.isnan(table.loc["VADER", "ece"])
    assert 0 <= table.loc["default", "coverage_at_90"] <= 1


def test_groups_and_confusion_add_up(evaluation):
    assert list(evaluation.groups) == ["target", "genre"]
    assert evaluation.groups["target"].set_index("classifier").loc["default", "n"] == 3
    confusion = evaluation.confusion["default"]
    assert confusion.to_numpy().sum() == 3
    assert confusion.loc["favor"].sum() == 2


def test_wrong_rows_are_those_off_the_diagonal(evaluation):
    wrong, confusion = evaluation.wrong["default"], evaluation.confusion["default"]
    assert list(evaluation.wrong) == ["default"]
    assert len(wrong) == confusion.to_numpy().sum() - np.trace(confusion.reindex(columns=confusion.index, fill_value=0).to_numpy())
    assert (wrong["label"] != wrong["says"]).all() and wrong["p"].is_monotonic_decreasing


def test_figures_show_every_classifier_and_are_written(evaluation, tmp_path):
    for draw in (plot_reliability, plot_coverage):
        names = [text.get_text() for text in draw(evaluation).get_legend().get_texts()]
        assert [n.split(":")[0] for n in names] == ["default", "default without target"]
    written = write_evaluation(evaluation, tmp_path / "e")
    assert written == len(list((tmp_path / "e").iterdir()))
    assert {"accuracy.csv", "by-target.csv", "confusion-default.csv", "wrong-default.csv", "reliability.svg", "coverage.png"} <= {
        p.name for p in (tmp_path / "e").iterdir()
    }


def test_hand_labels_measure_the_classifier_that_made_the_scores():
    scores = pd.DataFrame(
        {
            "statement_id": list("abc"),
            "target": "NATO",
            "p_against": [0.8, 0.1, 0.6],
            "p_neutral": [0.1, 0.1, 0.3],
            "p_favor": [0.1, 0.8, 0.1],
        }
    )
    labels = pd.DataFrame(
        {"statement_id": list("abcd"), "target": "NATO", "label": ["against", "favor", "neutral", "favor"], "coder": "ana"}
    )
    found = evaluate_labels(labels, scores, "ours")
    assert found.table.loc["ours", "n"] == 3  # d has no score
    assert found.table.loc["ours", "accuracy"] == pytest.approx(66.667, abs=0.001)
    assert found.confusion["ours"].loc["neutral", "against"] == 1
    assert found.groups["target"]["value"].tolist() == ["NATO"]
    with pytest.raises(ValueError, match="none of the 1 labels"):
        evaluate_labels(labels.tail(1), scores)


def test_confidence_is_drawn_with_its_threshold_and_number():
    scores = pd.DataFrame({"p_against": [0.8, 0.1], "p_neutral": [0.1, 0.5], "p_favor": [0.1, 0.4]})
    ax = plot_confidence(scores, 0.6)
    assert sum(bar.get_height() for bar in ax.patches) == 2
    assert "n = 2 scores. Dashed: below 0.60 it says unsure, 1 times." in ax.figure._supxlabel.get_text()
    with pytest.raises(ValueError, match="nothing to draw"):
        plot_confidence(scores.head(0))
