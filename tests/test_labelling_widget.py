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


def test_box_and_buttons_of_the_widget(tmp_path):
    path = tmp_path / "labels.parquet"
    shown, controls, said = label_in_notebook(SAMPLE, path, "Ana").children
    box, against, *_ = controls.children
    box.value = "f"
    assert box.value == ""
    assert "saved: favor" in said.value
    against.click()
    assert list(read_labels(path)["label"]) == ["favor", "against"]
    assert "2 of 4 labelled by Ana" in shown.value
