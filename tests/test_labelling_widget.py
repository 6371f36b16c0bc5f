import pytest
from stats_tables import corpus

from analysis.labelling_widget import Labelling, label_in_notebook
from analysis.labels import current, read_labels
from analysis.sampling import draw_sample

SCORES, STATEMENTS, MENTIONS, ARTICLES, _ = corpus(30)
SAMPLE = draw_sample(SCORES, STATEMENTS, MENTIONS, ARTICLES, n=4)


def test_keys_label_skip_and_take_back(tmp_path):
    path = tmp_path / "labels.parquet"
    work = Labelling(SAMPLE, path, "Ana")
    ids = list(SAMPLE["statement_id"])
    assert work.press("a") == "saved: against"
    assert work.press("s").startswith("skipped")
    assert work.now["statement_id"] == ids[2]
    assert work.press("F ") == "saved: favor"
    assert work.press("u") == "taken back"
    assert work.now["statement_id"] == ids[2]
    assert work.press("n") == "saved: neutral"
    assert work.press("f") == "saved: favor"
    assert work.now["statement_id"] == ids[1]
    assert dict(zip(current(read_labels(path))["statement_id"], current(read_labels(path))["label"], strict=True)) == {
        ids[0]: "against",
        ids[2]: "neutral",
        ids[3]: "favor",
    }
    # nothing was overwritten: the label taken back and its withdrawal are still there
    assert list(read_labels(path)["label"].fillna("withdrawn")) == ["against", "favor", "withdrawn", "neutral", "favor"]


def test_restart_goes_on_where_it_stopped(tmp_path):
    path = tmp_path / "labels.parquet"
    Labelling(SAMPLE, path, "Ana").press("a")
    assert len(Labelling(SAMPLE, path, "Bo").waiting) == 4
    again = Labelling(SAMPLE, path, "Ana")
    assert again.now["statement_id"] == SAMPLE["statement_id"].iloc[1]
    assert again.press("u") == "taken back"
    assert Labelling(SAMPLE, path, "Ana").now["statement_id"] == SAMPLE["statement_id"].iloc[0]
    assert len(Labelling(SAMPLE, path, "Bo").waiting) == 4


def test_chance_and_sample_are_saved(tmp_path):
    Labelling(SAMPLE, tmp_path / "labels.parquet", "Ana").press("n")
    row = read_labels(tmp_path / "labels.parquet").iloc[0]
    assert (row["probability"], row["sample"]) == (SAMPLE["probability"].iloc[0], SAMPLE["sample"].iloc[0])


def test_end_and_other_keys(tmp_path):
    work = Labelling(SAMPLE[:1], tmp_path / "labels.parquet", "Ana")
    assert work.press("u") == "nothing to undo"
    assert work.press("x").startswith("'x' means nothing here")
    work.press("a")
    assert work.press("a") == "all done"
    assert "All done" in work.html()
    with pytest.raises(ValueError, match="coder is empty"):
        Labelling(SAMPLE, tmp_path / "labels.parquet", " ")


def test_html_marks_the_target_and_escapes_the_text(tmp_path):
    html = Labelling(SAMPLE.assign(text="<b>NATO</b>", start=3, end=7), tmp_path / "labels.parquet", "Ana").html()
    assert "&lt;b&gt;<mark><b>NATO</b></mark>&lt;/b&gt;" in html


def test_target_named_in_the_context_is_marked_there(tmp_path):
    row = SAMPLE[:1].assign(text="They lied.", context="NATO met. It rained.", start=0, end=4, via="context", speaker=None)
    html = Labelling(row, tmp_path / "labels.parquet", "Ana").html()
    assert "<mark><b>NATO</b></mark> met. It rained." in html
    assert "<mark><b>They" not in html
    assert "Stance of <b>the article itself</b>" in html


def test_larger_sample_gives_earlier_labels_its_chance(tmp_path):
    path = tmp_path / "labels.parquet"
    Labelling(SAMPLE, path, "Ana").press("n")
    larger = draw_sample(SCORES, STATEMENTS, MENTIONS, ARTICLES, n=8, labels=read_labels(path))
    for _ in range(2):
        assert len(Labelling(larger, path, "Ana").done) == 1
        assert list(read_labels(path)["probability"]) == [SAMPLE["probability"].iloc[0], larger["probability"].iloc[0]]
    Labelling(SAMPLE, path, "Ana")
    assert len(read_labels(path)) == 2


class Widget:
    """The widget, with a clock that is moved by hand."""

    def __init__(self, path, monkeypatch):
        self.at = 100.0
        monkeypatch.setattr("analysis.labelling_widget.time.monotonic", lambda: self.at)
        self.path = path
        self.shown, controls, self.said, self.rules = label_in_notebook(SAMPLE, path, "Ana").children
        self.box, *self.buttons = controls.children

    def type(self, key, after=1.0):
        self.at += after
        self.box.value += key

    def labels(self):
        return list(read_labels(self.path)["label"])


def test_box_and_buttons_of_the_widget(tmp_path, monkeypatch):
    widget = Widget(tmp_path / "labels.parquet", monkeypatch)
    widget.type("f")
    assert "saved: favor" in widget.said.value
    focused = []
    monkeypatch.setattr(type(widget.box), "focus", lambda box: focused.append(box))
    widget.at += 1
    widget.buttons[0].click()
    assert widget.labels() == ["favor", "against"]
    # the next key must go to the box: with the button in focus, "a" is Jupyter's and inserts a cell
    assert focused == [widget.box]
    assert "2 of 4 labelled by Ana" in widget.shown.value
    assert "Codebook" in widget.rules.value


def test_every_key_counts_once(tmp_path, monkeypatch):
    widget = Widget(tmp_path / "labels.parquet", monkeypatch)
    widget.type("a")
    widget.type("n")
    assert widget.labels() == ["against", "neutral"]
    # deleting what was typed does nothing
    widget.at += 1
    widget.box.value = "a"
    assert widget.labels() == ["against", "neutral"]
    widget.type("f")
    assert widget.labels() == ["against", "neutral", "favor"]


def test_keys_that_come_before_a_statement_can_be_seen_do_not_count(tmp_path, monkeypatch):
    widget = Widget(tmp_path / "labels.parquet", monkeypatch)
    widget.type("aaa")
    assert widget.labels() == ["against"]
    # a key held down repeats after half a second, then quickly
    widget.type("a", after=0.5)
    for _ in range(20):
        widget.type("a", after=0.05)
    assert widget.labels() == ["against"]
    assert "came too soon" in widget.said.value
    widget.at += 1
    widget.buttons[1].click()
    widget.buttons[1].click()
    assert widget.labels() == ["against", "neutral"]
