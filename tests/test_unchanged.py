"""Results stand while nothing they depend on has changed; whatever has, the run is made again."""

import json
from dataclasses import replace

import pytest
from fakes import CONFIG, LengthClassifier, go, table_bytes, write_articles

from analysis import pipeline, publishing
from analysis.cli import main
from analysis.results import FolderTables
from analysis.storage import ResultsError


class Stages:
    def __init__(self):
        self.ended = []

    def start(self, stage, total):
        return lambda done: None

    def finish(self, stage, counts, seconds):
        self.ended.append(stage)


@pytest.fixture
def places(tmp_path):
    places = (write_articles(tmp_path / "raw", 3), tmp_path / "out", tmp_path / "cache")
    go(*places)
    return places


def stands(raw, out, cache, **options):
    stages = Stages()
    done = go(raw, out, cache, reporter=stages, **options)
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["stages"] == done.manifest["stages"]
    return stages.ended == ["nothing new"], done


def test_results_stand(places):
    before = table_bytes(places[1])
    stand, done = stands(*places)
    assert stand and table_bytes(places[1]) == before
    assert done.manifest["store"]["articles"] == {"from the store": 3, "computed": 0}
    first = go(places[0])
    assert done.first_scores(2).equals(first.first_scores(2)) and len(done.first_scores(2)) == 2
    assert done.summaries[("kind",)].equals(first.summaries[("kind",)])
    assert len(done.rows) == len(first.rows)


def test_another_article(places):
    write_articles(places[0], 1, first=3)
    assert not stands(*places)[0]
    assert stands(*places)[0]


def test_another_model(places):
    assert not stands(*places, classifier=LengthClassifier("2"))[0]


def test_another_setting(places):
    assert not stands(*places, config=replace(CONFIG, report=replace(CONFIG.report, words=1)))[0]


def test_another_proposer_of_words(places, monkeypatch):
    monkeypatch.setattr(pipeline, "proposer_for", lambda classifier: LengthClassifier("2"))
    assert not stands(*places)[0]
    assert stands(*places)[0]


@pytest.mark.parametrize("name", ["scores.csv", "scores.parquet", "report.html", "charts/stance-by-target.png", "manifest.json"])
def test_a_changed_file_is_made_again(places, name):
    expected = table_bytes(places[1])
    (places[1] / name).write_bytes(b"{}")
    options = {"overwrite": True} if name == "manifest.json" else {}
    assert not stands(*places, **options)[0]
    assert table_bytes(places[1]) == expected
    assert stands(*places)[0]


def test_a_report_made_anew_leaves_the_run_standing(places):
    assert main(["report", str(places[1]), "--words", "0"]) == 0
    assert stands(*places)[0]
    (places[1] / "words.csv").write_bytes(b"{}")
    assert main(["report", str(places[1]), "--words", "0"]) == 0
    assert not stands(*places)[0]


def test_without_a_store_everything_is_computed(places):
    assert not stands(places[0], places[1], None)[0]


def test_overwrite_writes(places):
    assert not stands(*places, overwrite=True)[0]


def test_tables_replaced_by_another_run_are_not_taken_for_these(places):
    _, done = stands(*places)
    write_articles(places[0], 1, first=3)
    go(*places)
    with pytest.raises(ResultsError, match="replaced by a later run"):
        done.tables["scores"]


def test_tables_too_many_for_a_report_are_read_when_asked_for(places, monkeypatch):
    small = go(*places, overwrite=True)
    monkeypatch.setattr(publishing, "MOST_IN_REPORT", 1)
    large = go(*places, overwrite=True)
    assert isinstance(small.tables, dict) and isinstance(large.tables, FolderTables)
    assert not (places[1] / "report.html").exists()
    assert all(large.tables[name].equals(small.tables[name]) for name in small.tables)
    assert stands(*places)[0]
