"""Which statements are explained, which words are kept, and what run and report do with them, with a classifier whose reasons are known."""

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from fakes import CONFIG, LengthClassifier, go, write_articles
from report_tables import article, results, score, statement

import analysis.classifiers
from analysis import pipeline
from analysis.classifiers import SHIPPED
from analysis.cli import main
from analysis.config import load_config
from analysis.embedded import EmbeddedClassifier
from analysis.inference import ModelError
from analysis.occlusion import PROPOSED
from analysis.rationales import OtherModelError, explain_more, keep_words, most_decided, proposer_for, rationales, unexplained
from analysis.report import write_report
from analysis.report.payload import payload
from analysis.results import read_results
from analysis.storage import write_results
from analysis.tables import check, typed

TEXTS = {
    "NATO": [
        "A terrible plan that NATO made.",
        "NATO is a terrible, terrible thing.",
        "NATO met on Monday.",
        "NATO deserves praise for that.",
    ],
    "Ukraine": ["Ukraine deserves praise.", "Ukraine met in spring."],
}
P = {"terrible": (0.9, 0.1, 0.0), "praise": (0.0, 0.2, 0.8)}


class Words:
    """Against where a statement says terrible, in favor where it says praise; counts its calls."""

    name, revision, threshold = "/somebody/at/home/words", "0" * 64, 0.0

    def __init__(self):
        self.calls = 0

    def predict(self, pairs, progress=None):
        self.calls += 1
        return np.array([next((p for word, p in P.items() if word in x.text), (0.1, 0.8, 0.1)) for x in pairs])


@pytest.fixture
def given():
    articles, statements, mentions, scores = [], [], [], []
    for target, texts in TEXTS.items():
        for i, text in enumerate(texts):
            name = f"{target}{i}"
            articles.append(article(f"a{name}", source="Gazette"))
            statements.append(statement(f"s{name}", f"a{name}", text))
            at = text.index(target)
            mentions.append(
                {"statement_id": f"s{name}", "target": target, "surface": target, "start": at, "end": at + len(target), "via": "name"}
            )
            p = next((p for word, p in P.items() if word in text), (0.1, 0.8, 0.1))
            scores.append(score(f"s{name}", target, p, ("against", "neutral", "favor")[int(np.argmax(p))]))
    return results(articles, statements, mentions, scores)


@pytest.fixture
def on_disk(given, tmp_path):
    folder = tmp_path / "results"
    write_results(given.tables, folder)
    (folder / "manifest.json").write_text(json.dumps(given.manifest), encoding="utf-8")
    return folder


def explained(given, n=None):
    return explain_more(given, unexplained(given, n), Words())


def test_the_most_decided_come_first_and_no_side_of_a_target_is_forgotten(given):
    found = most_decided(given.tables["scores"])
    assert sorted(found["statement_id"]) == ["sNATO0", "sNATO1", "sNATO3", "sUkraine0"]
    first = found.head(3)
    assert sorted(zip(first["target"], first["label"], strict=True)) == [("NATO", "against"), ("NATO", "favor"), ("Ukraine", "favor")]
    assert first[["p_against", "p_favor"]].max(axis=1).is_monotonic_decreasing
    assert most_decided(given.tables["scores"], 0).empty


def test_the_fast_model_proposes_words_to_the_default_one_only(tmp_path):
    default, fast = (EmbeddedClassifier(SHIPPED[name]) for name in ("default", "fast"))
    assert proposer_for(default).revision == fast.revision
    assert proposer_for(default) in default.others  # its weights are not read twice
    shutil.copytree(SHIPPED["fast"], tmp_path / "stance-fast")
    same, other = (EmbeddedClassifier(shutil.copytree(SHIPPED[name], tmp_path / name)) for name in ("default", "fast"))
    assert proposer_for(same).revision == fast.revision
    assert proposer_for(other) is proposer_for(fast) is proposer_for(Words()) is None


def test_a_run_asks_the_proposer_and_remembers_what_it_said(tmp_path, monkeypatch):
    raw, proposer = write_articles(tmp_path / "raw", 4), LengthClassifier("2")
    config = replace(CONFIG, report=replace(CONFIG.report, words=2))
    monkeypatch.setattr(pipeline, "proposer_for", lambda classifier: proposer)
    done = go(raw, tmp_path / "out", tmp_path / "cache", config)
    assert proposer.asked and done.manifest["models"]["proposer of words"]["sha256"] == "2"
    assert done.tables["words"].groupby(["statement_id", "target"]).size().max() <= PROPOSED
    proposer.asked.clear()
    write_articles(tmp_path / "raw", 1, first=4)
    go(raw, tmp_path / "out", tmp_path / "cache", config)
    before = len(proposer.asked)
    go(raw, tmp_path / "again", tmp_path / "cache", config)
    assert len(proposer.asked) == before


def test_reprints_are_not_explained(given):
    given.tables["articles"].loc[0, "duplicate_of"] = "aNATO1"
    assert "sNATO0" not in unexplained(given, None)["statement_id"].tolist()


def test_words_that_carried_are_those_on_the_side_of_the_label(given):
    found = explained(given)
    check(found.tables["words"], "words")
    spans = rationales(found.tables["words"], found.tables["scores"]).set_index("statement_id")["carried"]
    text = found.tables["statements"].set_index("statement_id")["text"]
    words = {name: [text[name][a:b] for a, b in spans[name]] for name in spans.index}
    # Its neighbours weigh half of it, for what is left out with them: they carried nothing.
    assert words["sNATO0"] == ["terrible"] and words["sUkraine0"] == ["praise"]
    # Either "terrible" is enough for the other: only left out together they move the stance.
    assert words["sNATO1"] == ["terrible", "terrible"]
    assert set(words) == {"sNATO0", "sNATO1", "sNATO3", "sUkraine0"}


def test_words_side_by_side_are_one_span(given):
    words = [
        {"statement_id": "s", "target": "NATO", "word": "w", "start": a, "end": b, "weight": -0.5} for a, b in [(0, 3), (4, 9), (11, 12)]
    ]
    scores = pd.DataFrame([{"statement_id": "s", "target": "NATO", "label": "against"}])
    assert rationales(typed(pd.DataFrame(words), "words"), scores)["carried"].tolist() == [[[0, 9], [11, 12]]]


def test_where_no_single_word_is_missed_runs_of_words_are_weighed(given):
    class Redundant(Words):
        def predict(self, pairs, progress=None):
            against = np.array([0.9 * bool(re.search("awful|vile|cruel", x.text)) for x in pairs])
            return np.stack([against, 1 - against, 0 * against], axis=1)

    text = "NATO is an awful and vile and cruel thing they said."
    given.tables["statements"].loc[0, "text"] = text
    given.tables["mentions"].loc[0, ["start", "end"]] = (0, 4)
    found = explain_more(given, unexplained(given, 1), Redundant())
    words = found.tables["words"]
    assert words["word"].tolist() == ["is an awful and", "vile and cruel thing", "they said"]
    assert words["weight"].tolist() == pytest.approx([-0.45, -0.45, 0])
    assert rationales(words, found.tables["scores"])["carried"].tolist() == [[[5, 41]]]


@pytest.mark.parametrize(
    ("label", "weights", "kept"),
    [
        ("against", [-0.9, -0.6, -0.59, 0.9], [0, 1]),
        ("favor", [-0.8, -0.4, -0.39, 0.9], [3]),
        ("favor", [0.04, 0.03, -0.9, 0.0], []),
        ("against", [0.1, 0.2, 0.3, 0.4], []),
    ],
)
def test_two_thirds_of_the_strongest_and_nothing_faint(given, label, weights, kept):
    rows = [
        {"statement_id": "s", "target": "NATO", "word": "w", "start": 5 * i, "end": 5 * i + 1, "weight": w} for i, w in enumerate(weights)
    ]
    scores = pd.DataFrame([{"statement_id": "s", "target": "NATO", "label": label}])
    assert rationales(typed(pd.DataFrame(rows), "words"), scores)["carried"].tolist() == [[[5 * i, 5 * i + 1] for i in kept]]


def test_another_model_explains_nothing(given):
    given.manifest["models"]["stance"]["sha256"] = "f" * 64
    with pytest.raises(
        OtherModelError, match=r"words, is not the one that made the scores: its sha256 begins with 000000000000, .* ffffffffffff"
    ):
        explained(given)


def test_the_page_says_of_which_statements_it_knows(given, tmp_path):
    part = explained(given, 2)
    carried = payload(part, None)["readings"]["carried"]
    assert [spans is None for spans in carried].count(False) == 2
    assert key(write_report(part, tmp_path / "r.html")).endswith(
        "(looked for in 2 of 4 labelled against or in favor, the most decided on each side of each target) Show the marked ones"
    )
    assert key(write_report(explained(given), tmp_path / "r.html")).endswith(
        "(looked for in all 4 labelled against or in favor) Show the marked ones"
    )
    assert key(write_report(keep_words(part, 1), tmp_path / "r.html")).count("in 1 of 4") == 1
    assert key(write_report(keep_words(part, 0), tmp_path / "r.html")) == key(write_report(given, tmp_path / "r.html")) == ""


def key(path):
    found = re.search(r'<span id="key-carried">(.*?)</p>', path.read_text(encoding="utf-8"))
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


def test_the_command_asks_only_for_what_it_does_not_know(on_disk, monkeypatch, capsys):
    classifier = Words()
    monkeypatch.setattr(analysis.classifiers, "load_classifier", lambda stance: classifier)
    report = on_disk / "report.html"
    for words, calls, said in [("0", 0, ""), ("2", 1, "in 2 of 4"), ("1", 1, "in 1 of 4"), ("all", 2, "in all 4"), ("3", 2, "in 3 of 4")]:
        assert main(["report", str(on_disk), "--words", words]) == 0
        assert classifier.calls == calls and said in key(report) and bool(said) == bool(key(report))
    assert read_results(on_disk).tables["words"]["statement_id"].nunique() == 4
    assert "weigh words" in capsys.readouterr().err


def test_the_configured_number_is_the_default(on_disk, monkeypatch):
    asked = json.loads((on_disk / "manifest.json").read_text())
    asked["config"]["report"] = {"words": 3}
    (on_disk / "manifest.json").write_text(json.dumps(asked))
    monkeypatch.setattr(analysis.classifiers, "load_classifier", lambda stance: Words())
    assert main(["report", str(on_disk)]) == 0
    assert "in 3 of 4" in key(on_disk / "report.html")


@pytest.mark.parametrize("words", ["-1", "some", "1.5"])
def test_a_number_that_is_none_is_a_usage_error(on_disk, words, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["report", str(on_disk), f"--words={words}"])
    assert stop.value.code == 2 and words in capsys.readouterr().err


def test_with_another_model_or_none_the_report_is_written_and_says_why(on_disk, monkeypatch, capsys):
    known = explained(read_results(on_disk), 1)
    write_results({"words": known.tables["words"]}, on_disk)
    other = Words()
    other.revision = "a" * 64

    def gone(stance):
        raise ModelError("/somebody/at/home/model: not a model folder")

    for load, told, written in [
        (lambda stance: other, "aaaaaaaaaaaa", "aaaaaaaaaaaa, that in manifest.json with 000000000000"),
        (gone, "/somebody/at/home/model", "the model that made the scores could not be loaded"),
    ]:
        monkeypatch.setattr(analysis.classifiers, "load_classifier", load)
        assert main(["report", str(on_disk), "--words", "all"]) == 0
        assert told in capsys.readouterr().err
        html = (on_disk / "report.html").read_text(encoding="utf-8")
        assert written in re.search(r'id="no-words">(.*?)</p>', html)[1] and "/somebody" not in html
        assert "in 1 of 4" in key(on_disk / "report.html"), "what was known before is kept"
    assert other.calls == 0


def test_the_setting_is_a_number_or_null(tmp_path):
    (tmp_path / "c.yml").write_text("report: {words: null}")
    assert load_config(tmp_path / "c.yml").report.words is None
    assert load_config().report.words == 20
