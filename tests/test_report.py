"""The report as a file: whole, small, safe, and true to the tables it is made of."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from report_tables import HOSTILE, article, hostile, invented, results, score, statement
from stats_tables import labels_of

from analysis.cli import main
from analysis.pipeline import run
from analysis.report import write_report
from analysis.report.cards import model_cards, read_card
from analysis.report.notes import headlines, remarks, stages
from analysis.report.payload import payload, readings
from analysis.results import read_results
from analysis.storage import ResultsError, write_results

SMALL = invented(120)


class Page(HTMLParser):
    """Collects the elements, the texts of scripts and the words a reader sees."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.scripts, self.words, self.open = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        inside = self.open[-1] if self.open else ""
        if inside == "script":
            self.scripts.append(data)
        elif inside != "style" and data.strip():
            self.words.append(" ".join(data.split()))


def made(given, folder):
    return write_report(given, folder / "report.html").read_text(encoding="utf-8")


def data_of(html):
    return json.loads(re.search(r'<script type="application/json" id="report-data">(.*?)</script>', html, re.DOTALL)[1])


def on_disk(given, folder):
    write_results(given.tables, folder)
    (folder / "manifest.json").write_text(json.dumps(given.manifest), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    return made(SMALL, tmp_path_factory.mktemp("report"))


def test_hostile_texts_stay_text(tmp_path):
    html = made(hostile(), tmp_path)
    page = Page(html)
    assert [tag for tag, _ in page.tags].count("script") == 2, "an article's text has opened or closed a script"
    assert not {"img", "i", "b"} & {tag for tag, _ in page.tags}
    assert data_of(html)["statements"]["text"] == [HOSTILE] * 3
    assert "</title>{{ 7 * 7 }}" in data_of(html)["articles"]["title"]


def test_nothing_is_asked_of_the_network(html):
    page = Page(html)
    assert not [
        tag for tag, attributes in page.tags if {"src", "srcset", "action", "data"} & set(attributes) or tag in ("link", "iframe", "base")
    ]
    assert {attributes["href"][0] for tag, attributes in page.tags if tag == "a"} == {"#"}
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    assert not re.search(r"url\((?!#)", style) and "@import" not in style  # a part of the page itself may be named


def test_the_policy_allows_this_script_and_style_only(html):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    script, style = (re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)[1] for tag in ("script", "style"))
    for name, text in (("script-src", script), ("style-src", style)):
        assert f"{name} &#39;sha256-{digest(text)}&#39;" in policy or f"{name} 'sha256-{digest(text)}'" in policy
    assert "default-src" in policy and "unsafe" not in policy


def digest(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_script_parses_no_html(html):
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)[1]
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(|createContextualFragment|fetch\(|XMLHttp", script
    )


def test_a_thousand_statements_stay_under_three_megabytes(tmp_path):
    assert len(made(invented(1000), tmp_path).encode()) < 3e6


def test_the_same_results_give_the_same_bytes_and_no_place_on_the_machine(tmp_path, html):
    assert made(invented(120), tmp_path) == html
    assert "/somebody" not in html


def test_every_statement_is_there_with_its_words_in_place():
    found, tables = payload(SMALL, None), SMALL.tables
    statements, by_id = found["statements"], tables["statements"].set_index("statement_id")
    assert set(statements["id"]) == set(tables["scores"]["statement_id"])
    for identity, text, marks in zip(statements["id"], statements["text"], statements["marks"], strict=True):
        words = {kind: text[start:end] for start, end, kind in zip(*[iter(marks)] * 3, strict=True)}
        assert words.get(0) == (by_id.loc[identity, "source_text"] or None if pd.notna(by_id.loc[identity, "source_text"]) else None)
        assert words[1] == by_id.loc[identity, "cue"]
    read = found["readings"]
    for s, t, (start, end) in zip(read["statement"], read["target"], read["mention"], strict=True):
        assert statements["text"][s][start:end] == found["lists"]["target"][t]


def test_offsets_count_as_a_browser_counts():
    found = payload(hostile(), None)
    units = HOSTILE.encode("utf-16-le")
    start, end = found["readings"]["mention"][0]
    assert units[2 * start : 2 * end].decode("utf-16-le") == "NATO"
    assert start == HOSTILE.rindex("NATO") + 1


def test_each_group_counts_the_statements_the_page_would_list():
    rows = readings(SMALL)
    for by, table in SMALL.summaries.items():
        for row in table.to_dict("records"):
            behind = rows[np.logical_and.reduce([rows[name] == row[name] for name in by])]
            assert behind["statement_id"].nunique() == row["n_statements"]


def test_probabilities_and_labels_are_the_scores():
    found = payload(SMALL, None)["readings"]
    rows = readings(SMALL)
    assert np.array(found["p"]).reshape(-1, 3) / 1000 == pytest.approx(rows[["p_against", "p_neutral", "p_favor"]].to_numpy(), abs=6e-4)
    assert [("against", "neutral", "favor", "unsure")[code] for code in found["label"]] == list(rows["label"])


def test_carried_words_are_passed_on_where_they_are_known():
    assert "carried" not in payload(SMALL, None)["readings"]
    given = invented(8)
    given.tables["scores"]["carried"] = [[[0, 3], [5, 9]]] * len(given.tables["scores"])
    given.tables["scores"]["carried"] = given.tables["scores"]["carried"].where(given.tables["scores"].index > 0)
    found = payload(given, None)["readings"]["carried"]
    assert found.count([0, 3, 5, 9]) == len(found) - 1 and found.count(None) == 1


def test_a_mention_in_what_stands_before_is_marked_there():
    given = hostile()
    given.tables["mentions"] = given.tables["mentions"].assign(via="context", start=2, end=6)
    given.tables["statements"]["context"] = "🙂 NATO came late." + 300 * " And so on."
    found = payload(given, None)
    assert found["readings"]["mention"] == [[3, 7]] * 3
    assert found["statements"]["before"][0].startswith("🙂 NATO"), "cut although a mention stands in it"


def test_reprints_are_neither_counted_nor_listed():
    given = hostile()
    given.tables["articles"].loc[2, "duplicate_of"] = "a1"
    assert len(payload(given, None)["statements"]["id"]) == 2
    assert any("1 article reprints" in text for text in remarks(given))


def test_headlines_say_only_what_intervals_allow():
    texts = [("against", (0.9, 0.05, 0.05))] * 8 + [("favor", (0.05, 0.05, 0.9))] * 8
    sides = {"US": texts[:8], "NATO": texts[4:12], "Ukraine": texts[:2]}
    articles, statements, mentions, scores = [], [], [], []
    for target, side in sides.items():
        for i, (label, p) in enumerate(side):
            name = f"{target}{i}"
            articles.append(article(f"a{name}", source="Gazette"))
            statements.append(statement(f"s{name}", f"a{name}", f"So much for {target}."))
            mentions.append(
                {"statement_id": f"s{name}", "target": target, "surface": target, "start": 12, "end": 12 + len(target), "via": "name"}
            )
            scores.append(score(f"s{name}", target, p, label))
    given = results(articles, statements, mentions, scores)
    found = {h.target: h for h in headlines(given)}
    assert (found["US"].estimate, found["US"].verdict) == ("−0.85", "leans against")
    assert (found["NATO"].estimate, found["NATO"].verdict) == ("0.00", "no clear lean")
    assert (found["Ukraine"].estimate, found["Ukraine"].verdict, found["Ukraine"].counts[0]) == ("", "", ("against", 2))
    said = " ".join(remarks(given))
    assert "Too few articles for an estimate on Ukraine: fewer than 5." in said
    assert "All estimates are classifier output, uncorrected" in said


def test_corrected_estimates_are_told_from_uncorrected(tmp_path):
    plain = invented(400)
    truth = plain.tables["scores"].query("target == 'NATO'")[["statement_id", "target", "label"]].rename(columns={"label": "truth"})
    given = invented(400, labels=labels_of(truth[truth["truth"] != "unsure"]))
    found = {h.target: h for h in headlines(given)}
    assert found["NATO"].corrected and found["NATO"].raw.startswith(("−", "+")) and not found["US"].corrected
    said = next(text for text in remarks(given) if text.startswith("Classifier output, uncorrected, are "))
    assert "the estimates for US, Ukraine and West, " in said
    assert " estimates by target and speaker" in said and "the smoothed lines over time" in said
    assert f"corrected with {found['NATO'].labels} hand labels" in made(given, tmp_path)


def test_what_was_skipped_is_named_without_its_folder():
    given = invented(8)
    given.manifest["skipped"] = [
        {"path": f"/somebody/at/home/bad{n}.txt", "reason": f"/somebody/at/home/bad{n}.txt is empty"} for n in range(7)
    ]
    text = next(t for t in remarks(given) if "not read" in t)
    assert text.startswith("7 inputs were not read: bad0.txt: bad0.txt is empty; ") and "and 2 more" in text and "/somebody" not in text


def test_counts_in_and_out_of_every_stage_without_times():
    assert stages(SMALL.manifest)[0] == ("read articles", [("files", 30), ("articles", 30), ("skipped", 0), ("reprints", 0)])


def test_the_cards_of_the_models_are_summed_up():
    cards = model_cards(SMALL.manifest)
    assert [(card.role, card.name) for card in cards] == [("stance", "default"), ("attribution", "default")]
    assert {head for card in cards for head, _ in card.sections} == {"Accuracy", "Scores", "What it must not be used for"}
    assert all("another version" in card.note for card in cards), "the hashes of the invented run are no model's"


def test_a_model_without_a_card_is_said_to_have_none():
    manifest = {**SMALL.manifest, "config": {**SMALL.manifest["config"], "stance": {"model": "someone/some-model"}}}
    assert "No model card" in model_cards(manifest)[0].note


def test_markdown_of_a_card():
    about, sections = read_card(
        "# Title\n\nOne **bold**\nline.\n\n| a | b |\n| --- | --- |\n| `1` | [x](y) |\n\n## Use\n\n- one\n  more\n- two\n"
    )
    assert [(b.kind, b.rows) for b in about] == [("text", [["One bold line."]]), ("table", [["a", "b"], ["1", "x"]])]
    assert [(head, b.kind, b.rows) for head, (b,) in sections] == [("Use", "list", [["one more"], ["two"]])]


def test_results_read_back_give_the_same_report(tmp_path):
    given = invented(60, by=(("target",), ("target", "speaker"), ("target", "month"), ("source",)))
    back = read_results(on_disk(given, tmp_path / "results"))
    assert set(back.summaries) == set(given.summaries)
    assert made(back, tmp_path / "a") == made(given, tmp_path / "b")


def test_events_that_are_gone_are_said_to_be_gone(tmp_path):
    given = invented(60, events=str(tmp_path / "gone.yml"))
    html = made(given, tmp_path)
    assert "gone.yml, cannot be read" in html and str(tmp_path) not in html


def test_one_day_or_no_date_gives_no_trend():
    given = invented(60)
    assert given.over_time.period == "month"
    given = invented(60)
    given.tables["articles"]["published"] = pd.Timestamp("2022-01-01")
    assert given.over_time is None


def test_nothing_found_is_a_report_all_the_same(tmp_path):
    (tmp_path / "quiet.txt").write_text("The harvest was good this year. Nobody complained about the rain.\n", encoding="utf-8")

    class Nothing:
        identity, name, revision, threshold = "0", "none", "0", 0.0

        def spans(self, text):
            return []

        def predict(self, pairs, progress=None):
            return np.zeros((0, 3))

    run(tmp_path / "quiet.txt", out=tmp_path / "results", tagger=Nothing(), classifier=Nothing())
    assert "No statement speaks of one of the targets" in (tmp_path / "results" / "report.html").read_text(encoding="utf-8")
    again = write_report(tmp_path / "results", tmp_path / "again.html")
    assert again.read_bytes() == (tmp_path / "results" / "report.html").read_bytes()


def test_the_command_writes_the_report_into_the_folder_or_where_it_is_told(tmp_path, capsys):
    folder = on_disk(invented(20), tmp_path / "results")
    assert main(["report", str(folder)]) == 0
    assert capsys.readouterr().out.strip() == str(folder / "report.html")
    assert main(["report", str(folder), "--out", str(tmp_path / "deep" / "talks.html")]) == 0
    assert (tmp_path / "deep" / "talks.html").read_bytes() == (folder / "report.html").read_bytes()


def test_what_cannot_be_reported_is_said_with_what_to_do(tmp_path, capsys):
    (tmp_path / "bare").mkdir()
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "manifest.json").write_text("[]")
    cut = on_disk(invented(20), tmp_path / "cut")
    (cut / "scores.parquet").unlink()
    broken = on_disk(invented(20), tmp_path / "broken")
    (broken / "mentions.parquet").write_bytes(b"PAR1")
    cases = [
        ("nowhere", "is not there; name the folder"),
        ("bare", "no finished run; make one with: stance run"),
        ("odd", "not the manifest of a run"),
        ("cut", "scores.parquet is missing, so it is not the folder of a finished stance run; make it anew"),
        ("broken", "cannot be read"),
    ]
    for name, said in cases:
        assert main(["report", str(tmp_path / name)]) == 1
        error = capsys.readouterr().err
        assert error.startswith("stance report: ") and said in error and len(error.splitlines()) == 1
    with pytest.raises(ResultsError):
        write_report(tmp_path / "nowhere", tmp_path / "x.html")
    with pytest.raises(ValueError, match=r"is a folder; name a file"):
        write_report(SMALL, tmp_path)
