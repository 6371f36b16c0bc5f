"""The stance of each mention, with a classifier made by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.classifiers import Pair, StanceClassifier
from analysis.scores import labels_of, pairs_of, score_stance
from analysis.tables import empty

TEXTS = ("NATO is a threat to Ukraine", "The US helps")


class Told:
    """Returns what it is told and keeps what it was asked."""

    name, revision = "told", "7"

    def __init__(self, answers, threshold=0.0):
        self.answers, self.threshold, self.asked = answers, threshold, []

    def predict(self, pairs, progress=None):
        self.asked = list(pairs)
        return np.array(self.answers, dtype=float).reshape(-1, 3)


def statements():
    frame = empty("statements").reindex(range(2))
    spans = {c: [[[0, 5]]] * 2 for c in ("source_spans", "cue_spans", "content_spans", "scope_spans")}
    return frame.assign(
        statement_id=["s0", "s1"], article_id="a", start=0, end=[len(t) for t in TEXTS], text=TEXTS, kind="direct",
        speaker=["Ana Sample", None], context=["Before.", ""], **spans,
    )  # fmt: skip


def mentions(*rows):
    return pd.DataFrame(rows, columns=["statement_id", "target", "surface", "start", "end", "via"])


THREE = mentions(
    ("s1", "US", "US", 4, 6, "name"), ("s0", "Ukraine", "Ukraine", 20, 27, "name"), ("s0", "NATO", "NATO", 0, 4, "name")
)  # fmt: skip
ANSWERS = [[0.1, 0.2, 0.7], [0.25, 0.5, 0.25], [0.75, 0.25, 0.0]]


def test_one_row_a_mention_in_order():
    scores = score_stance(statements(), THREE, Told(ANSWERS))
    assert scores[["statement_id", "target"]].to_numpy().tolist() == [["s1", "US"], ["s0", "Ukraine"], ["s0", "NATO"]]
    assert scores[["p_against", "p_neutral", "p_favor"]].to_numpy().tolist() == ANSWERS
    assert scores["stance"].tolist() == pytest.approx([0.6, 0.0, -0.75])
    assert scores["label"].tolist() == ["favor", "neutral", "against"]
    assert scores[["model", "revision"]].drop_duplicates().to_numpy().tolist() == [["told", "7"]]


def test_what_the_classifier_is_asked():
    classifier = Told(ANSWERS)
    score_stance(statements(), THREE.set_index(pd.Index([5, 5, 2])), classifier)
    assert classifier.asked == [
        Pair(TEXTS[1], 4, 6, "US", "", ""),
        Pair(TEXTS[0], 20, 27, "Ukraine", "Ana Sample", "Before."),
        Pair(TEXTS[0], 0, 4, "NATO", "Ana Sample", "Before."),
    ]
    assert [p.text[p.start : p.end] for p in pairs_of(statements(), THREE)] == ["US", "Ukraine", "NATO"]


def test_below_the_threshold_is_unsure():
    assert labels_of(np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.3, 0.49, 0.21]]), 0.5) == ["against", "favor", "unsure"]
    assert labels_of(np.array([[0.4, 0.3, 0.3]])) == ["against"]
    scores = score_stance(statements(), THREE, Told(ANSWERS, threshold=0.7))
    assert scores["label"].tolist() == ["favor", "unsure", "against"]


def test_no_mentions_no_scores():
    scores = score_stance(statements(), empty("mentions"), Told([]))
    assert len(scores) == 0
    assert list(scores.columns) == list(empty("scores").columns)


def test_the_tables_are_not_changed():
    before, asked = statements(), THREE.copy()
    score_stance(before, asked, Told(ANSWERS))
    pd.testing.assert_frame_equal(before, statements())
    pd.testing.assert_frame_equal(asked, THREE)


def test_a_mention_of_no_statement_is_named():
    with pytest.raises(ValueError, match="mentions name 1 statements that are not in statements, the first is 'gone'"):
        score_stance(statements(), THREE.assign(statement_id=["s1", "s0", "gone"]), Told(ANSWERS))


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (ANSWERS[:2], r"shape \(2, 3\) for 3 pairs"),
        ([ANSWERS[0], [0.5, 0.5, 0.5], ANSWERS[1]], r"\[0.5, 0.5, 0.5\] for pair 1"),
        ([*ANSWERS[:2], [1.5, -0.5, 0.0]], "for pair 2"),
        ([[np.nan, 0.5, 0.5], *ANSWERS[:2]], "for pair 0"),
    ],
)
def test_what_is_not_probabilities_is_refused(answers, message):
    with pytest.raises(ValueError, match=message):
        score_stance(statements(), THREE, Told(answers))


def test_what_the_pipeline_needs_of_a_classifier():
    assert isinstance(Told([]), StanceClassifier)
    assert not isinstance(object(), StanceClassifier)


def test_a_mention_in_the_context_is_asked_there():
    classifier = Told(ANSWERS[:1])
    score_stance(statements(), mentions(("s0", "US", "fore", 2, 6, "context")), classifier)
    assert classifier.asked == [Pair(TEXTS[0], 2, 6, "US", "Ana Sample", "Before.", in_context=True)]
    assert classifier.asked[0].surface == "fore"


def test_a_classifier_that_tells_no_tone_leaves_it_empty():
    assert score_stance(statements(), THREE, Told(ANSWERS))["tone"].isna().all()


def test_a_statement_has_one_tone():
    scores = score_stance(statements(), THREE)
    assert scores["tone"].between(-1, 1).all()
    assert scores.groupby("statement_id")["tone"].nunique().eq(1).all()
