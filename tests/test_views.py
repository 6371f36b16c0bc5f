import sys

import pandas as pd
import pytest

from analysis.views import View, show_labelling, show_table

WIDGETS = "application/vnd.jupyter.widget-view+json"
TABLE = pd.DataFrame({"speaker": ["Ana Petrov", "<script>alert(1)</script>", "Bo Lindqvist"], "stance": [0.123456, -1.0, None]})


def test_plain_form_is_there_beside_the_widget():
    bundle = show_table(TABLE)._repr_mimebundle_()
    assert WIDGETS in bundle
    assert "<table" in bundle["text/html"] and "0.12" in bundle["text/html"] and "0.1234" not in bundle["text/html"]


def test_dates_are_days_and_missing_values_are_nothing(recwarn):
    table = pd.DataFrame({"day": pd.to_datetime(["2031-01-06", None]), "role": pd.array(["PM", None], dtype="string"), "n": [1.5, None]})
    html = show_table(table).html
    assert "2031-01-06<" in html and not any(word in html for word in ("<NA>", "&lt;NA", "NaT", "NaN", "None"))
    assert not [w for w in recwarn if "analysis" in str(w.filename)]


def test_article_text_is_escaped():
    assert "<script" not in show_table(TABLE, caption="<script>").html


def test_long_tables_say_what_is_left_out():
    html = show_table(TABLE, rows=2).html
    assert "The first 2 of 3 rows." in html and "Bo Lindqvist" not in html
    assert "The first" not in show_table(TABLE, rows=3).html


@pytest.mark.parametrize("missing", ["itables", "anywidget"])
def test_without_itables_the_plain_table_remains(monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, "itables.widget", raising=False)
    view = show_table(TABLE)
    assert view.widget is None and "Bo Lindqvist" in view.html


def test_a_view_without_widget_shows_html():
    assert View("<p>1</p>")._repr_mimebundle_(include=None) == {"text/html": "<p>1</p>", "text/plain": "<View>"}


def test_labelling_shows_the_next_statement_without_a_kernel_too(tmp_path):
    row = {"statement_id": "s", "target": "NATO", "speaker": "Ana Petrov", "text": "NATO is welcome.", "context": "", "start": 0, "end": 4}
    sample = pd.DataFrame([row | {"probability": 0.5, "labelled": False, "sample": "x"}])
    bundle = show_labelling(sample, tmp_path / "labels.parquet", "ana")._repr_mimebundle_()
    assert WIDGETS in bundle and "is welcome." in bundle["text/html"] and "0 of 1 labelled by ana" in bundle["text/html"]
