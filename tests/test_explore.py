import sys

import pandas as pd
import pytest

from analysis.explore import count_filters, explore_statements, filter_statements, show_statements
from analysis.tables import empty, typed

TEXTS = ["Petrov praised NATO.", "Lindqvist blamed NATO and the US.", "It rained."]


@pytest.fixture
def tables():
    articles = pd.concat([empty("articles")] * 1, ignore_index=True)
    rows = [
        {"article_id": f"a{i}", "text": t, "title": f"Title {i}", "published": pd.Timestamp(f"2031-01-0{i + 1}"), "path": "x"}
        for i, t in enumerate(TEXTS)
    ]
    articles = typed(pd.DataFrame(rows).reindex(columns=articles.columns), "articles")
    said = [("s0", "Ana Petrov", "indirect"), ("s1", "Bo Lindqvist", "indirect"), ("s2", None, "narration")]
    statements = pd.DataFrame(
        [
            {"statement_id": s, "article_id": f"a{i}", "start": 0, "end": len(TEXTS[i]), "text": TEXTS[i], "kind": kind, "speaker": speaker}
            | {name: [] for name in ("source_spans", "cue_spans", "content_spans", "scope_spans")}
            for i, (s, speaker, kind) in enumerate(said)
        ]
    )
    mentions = pd.DataFrame(
        [("s0", "NATO", 15, 19), ("s1", "NATO", 17, 21), ("s1", "US", 30, 32)], columns=["statement_id", "target", "start", "end"]
    )
    scores = mentions.assign(label=["favor", "against", "neutral"])
    return articles, statements, mentions, scores


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({}, ["s0", "s1", "s2"]),
        ({"speaker": "Ana Petrov"}, ["s0"]),
        ({"speaker": "(no speaker)"}, ["s2"]),
        ({"target": "NATO"}, ["s0", "s1"]),
        ({"kind": "narration"}, ["s2"]),
        ({"label": "neutral"}, ["s1"]),
        ({"label": "neutral", "target": "NATO"}, []),
        ({"words": "BLAMED"}, ["s1"]),
        ({"words": "."}, ["s0", "s1", "s2"]),
        ({"since": "2031-01-02"}, ["s1", "s2"]),
        ({"until": "2031-01-02"}, ["s0", "s1"]),
        ({"since": "2031-01-02", "until": "2031-01-02"}, ["s1"]),
        ({"target": "NATO", "speaker": None, "words": ""}, ["s0", "s1"]),
    ],
)
def test_filters(tables, filters, left):
    articles, statements, mentions, scores = tables
    assert list(filter_statements(statements, mentions, articles, scores, **filters)["statement_id"]) == left


def test_counts_before_and_after_each_filter(tables):
    articles, statements, mentions, scores = tables
    counts = count_filters(statements, mentions, articles, scores, words="petrov", target="NATO", kind=None)
    assert counts.to_dict("list") == {"filter": ["target", "words"], "value": ["NATO", "petrov"], "before": [3, 2], "after": [2, 1]}


def test_unknown_filters_and_missing_tables_are_named(tables):
    _, statements, mentions, _ = tables
    with pytest.raises(ValueError, match="unknown filter 'outlet'; filters are speaker"):
        filter_statements(statements, mentions, outlet="x")
    with pytest.raises(ValueError, match="label needs the table scores"):
        filter_statements(statements, mentions, label="favor")
    with pytest.raises(ValueError, match="since needs the table articles"):
        count_filters(statements, mentions, since="2031-01-01")


def test_plain_form_shows_the_first_article_and_says_so(tables):
    articles, statements, mentions, _ = tables
    html = show_statements(articles, statements, mentions)
    assert "3 statements in 3 articles; shown: the first 1." in html and "Title 0" in html and "Title 1" not in html
    assert "1 statement in 1 article." in show_statements(articles, statements.tail(1), mentions)


def test_widget_filters_counts_and_draws(tables):
    articles, statements, mentions, scores = tables
    view = explore_statements(articles, statements, mentions, scores)
    first, words, days, counts, which, shown = view.widget.children
    boxes = {box.description: box for box in [*first.children, *words.children, *days.children]}
    assert set(boxes) == {"speaker", "target", "kind", "label", "words", "date"}
    boxes["target"].value = "NATO"
    boxes["words"].value = "blamed"
    assert counts.value == "3 statements in all<br>target NATO: 3 → 2<br>words blamed: 2 → 1"
    assert [name for name, _ in which.options] == ["Title 1 (1)"]
    assert "Lindqvist" in shown.value and "Petrov praised" not in shown.value
    boxes["date"].index = (0, 0)
    assert shown.value == "<p>No statement passes all filters.</p>"
    boxes["target"].value, boxes["words"].value = "(all)", ""
    assert "Petrov praised" in shown.value


def test_without_ipywidgets_the_plain_form_remains(tables, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    articles, statements, mentions, _ = tables
    view = explore_statements(articles, statements, mentions)
    assert view.widget is None and "Title 0" in view.html


def test_with_scores_the_plain_form_shows_who_took_a_side(tables, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    articles, statements, mentions, scores = tables
    sides = scores.assign(label=["neutral"] * (len(scores) - 1) + ["against"])
    html = explore_statements(articles, statements, mentions, sides).html
    assert "Labelled against or in favor:" in html and "1 statement in 1 article." in html and "Title 0" not in html
