import matplotlib

matplotlib.use("Agg")

import numpy as np
import pandas as pd
from stats_tables import corpus, labels_of

from analysis.figures import beside, draw_all
from analysis.results import Results
from analysis.summary import summarize

SCORES, STATEMENTS, MENTIONS, ARTICLES, TRUTH = corpus(80)
OPTIONS = {"min_articles": 5, "level": 0.95, "resamples": 200, "seed": 1}


def results(labels=None, **more):
    summaries = {
        by: summarize(SCORES, by, statements=STATEMENTS, articles=ARTICLES, labels=labels, **OPTIONS)
        for by in (("target",), ("target", "speaker"))
    }
    tables = {"scores": SCORES, "statements": STATEMENTS, "articles": ARTICLES}
    return Results(tables, summaries, {"config": {"summary": {**OPTIONS, "period": None, "events": None, **more}}})


def test_charts_of_a_run_are_files(tmp_path):
    assert draw_all(results(), tmp_path) == 6
    assert sorted(file.name for file in tmp_path.glob("*.png")) == ["stance-by-speaker.png", "stance-by-target.png", "stance-over-time.png"]


def test_labels_add_the_chart_of_raw_and_corrected_and_events_are_marked(tmp_path):
    (tmp_path / "events.csv").write_text("date,event\n2022-05-18,Two countries apply\n", encoding="utf-8")
    assert draw_all(results(labels_of(TRUTH), events=str(tmp_path / "events.csv"), period="quarter"), tmp_path) == 8
    assert (tmp_path / "raw-and-corrected.svg").exists()
    told = (tmp_path / "stance-over-time.svg").read_text(encoding="utf-8")
    assert "Two countries apply" in told
    assert "per quarter" in told


def test_beside_keeps_uncorrected_groups_apart():
    table = beside(
        summarize(SCORES, statements=STATEMENTS, articles=ARTICLES, labels=labels_of(TRUTH[TRUTH["target"] == "NATO"]), **OPTIONS)
    )
    assert list(table["corrected"].notna()) == [True, False]
    assert table["raw"].notna().all()


def test_nothing_to_draw_is_no_file(tmp_path):
    empty = results()
    empty.tables["scores"], empty.summaries = SCORES[:0], {}
    empty.tables["articles"] = ARTICLES.assign(published=pd.NaT)
    assert draw_all(empty, tmp_path) == 0
    assert np.size(list(tmp_path.iterdir())) == 0
