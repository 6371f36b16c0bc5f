import numpy as np
import pandas as pd
import pytest

from analysis.extremes import compare_classifiers, show_strongest, strongest_statements
from analysis.tables import empty, typed

TEXTS = ["NATO is good.", "NATO is very good.", "NATO is bad.", "NATO meets."]


class Words:
    """Counts good and bad words; ``turned`` takes one for the other."""

    revision, threshold = "1", 0.0

    def __init__(self, name, turned=False):
        self.name, self.turned = name, turned

    def predict(self, pairs, progress=None):
        stance = np.array([("good" in p.text) * 0.6 + ("very" in p.text) * 0.3 - ("bad" in p.text) * 0.8 for p in pairs])
        stance = -stance if self.turned else stance
        against, favor = np.maximum(-stance, 0), np.maximum(stance, 0)
        return np.stack([against, 1 - against - favor, favor], axis=1)


@pytest.fixture
def tables():
    rows = [
        {
            "statement_id": f"s{i}",
            "article_id": "a",
            "start": 0,
            "end": len(t),
            "text": t,
            "kind": "indirect",
            "speaker": "Ana Petrov",
            "context": "",
        }
        for i, t in enumerate(TEXTS)
    ]
    spans = {name: [[] for _ in TEXTS] for name in ("source_spans", "cue_spans", "content_spans", "scope_spans")}
    statements = typed(pd.DataFrame(rows).assign(**spans).reindex(columns=empty("statements").columns), "statements")
    mentions = typed(
        pd.DataFrame(
            {"statement_id": [f"s{i}" for i in range(4)], "target": "NATO", "surface": "NATO", "start": 0, "end": 4, "via": "name"}
        ),
        "mentions",
    )
    return statements, mentions


def scored(tables):
    from analysis.scores import score_stance

    return score_stance(*tables, Words("words"))


def test_strongest_on_each_side_without_neutral_ones(tables):
    found = strongest_statements(scored(tables), n=1)
    assert found[["statement_id", "side"]].to_numpy().tolist() == [["s2", "against"], ["s1", "favor"]]
    assert len(strongest_statements(scored(tables), n=5)) == 3


def test_words_that_carried_the_stance_are_shown(tables):
    statements, mentions = tables
    html = show_strongest(scored(tables), statements, mentions, Words("words"), n=1).html
    assert "NATO: against" in html and "NATO: in favor" in html and "Ana Petrov; against 0.80" in html
    assert 'title="favor 0.' in html and 'title="against 0.' in html and "meets" not in html


def test_no_stance_says_so(tables):
    statements, mentions = tables
    scores = scored(tables).query("label == 'neutral'")
    assert show_strongest(scores, statements, mentions, Words("words")).html == "<p>No statement is labelled against or favor.</p>"


def test_two_classifiers_side_by_side_furthest_apart_first(tables):
    table = compare_classifiers(*tables, {"one": Words("one"), "two": Words("two", turned=True)})
    assert list(table.columns) == ["speaker", "target", "label one", "label two", "stance one", "stance two", "agree", "text"]
    assert list(table["text"]) == ["NATO is very good.", "NATO is bad.", "NATO is good.", "NATO meets."]
    assert list(table["agree"]) == [False, False, False, True]
    assert table["stance one"].tolist() == pytest.approx([0.9, -0.8, 0.6, 0.0])


def test_one_classifier_is_not_enough(tables):
    with pytest.raises(ValueError, match="needs two classifiers or more; given: one"):
        compare_classifiers(*tables, {"one": Words("one")})
