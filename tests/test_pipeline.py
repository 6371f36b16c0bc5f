"""The corridor end to end, with hand-made models at the two seams: what is written, counted and refused."""

import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from analysis.attribution import Attribution
from analysis.config import Report, load_config
from analysis.console import summary_table
from analysis.pipeline import run
from analysis.storage import LOCK, ResultsError
from analysis.tables import check

TEXT = "Minister Ana Sample said NATO was a threat.\n\nTalks with Ukraine start on Jan. 9 in the morning.\n"


class SaidTagger:
    """Finds `X said Y.` in the first sentence of a text."""

    identity = "said"

    def spans(self, text):
        at = text.find(" said ")
        if at < 0:
            return []
        return [Attribution(((0, at),), ((at + 1, at + 5),), ((at + 6, text.index(".", at)),))]


class ThreatClassifier:
    """Against where the statement holds the word threat."""

    name, revision, threshold = "threat", "1", 0.0

    def predict(self, pairs, progress=None):
        return np.array([[0.8, 0.1, 0.1] if "threat" in p.text else [0.1, 0.8, 0.1] for p in pairs]).reshape(-1, 3)


def go(folder, out=None, config=None, **options):
    return run(folder, config, out, classifier=ThreatClassifier(), tagger=SaidTagger(), **options)


@pytest.fixture
def folder(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "one.txt").write_text(TEXT, encoding="utf-8")
    return raw


def test_each_statement_has_its_speaker_target_and_stance(folder):
    tables = go(folder).tables
    rows = tables["scores"].merge(tables["statements"], on="statement_id")
    assert rows.loc[0, ["target", "speaker", "label", "kind"]].tolist() == ["NATO", "Ana Sample", "against", "indirect"]
    assert rows.loc[rows.target == "Ukraine", "speaker"].isna().all()
    assert rows.loc[rows.target == "Ukraine", "stance"].tolist() == pytest.approx([0.0])


def test_offsets_promise(folder):
    tables = go(folder).tables
    text = tables["articles"].set_index("article_id")["text"]
    for row in tables["statements"].itertuples():
        assert text[row.article_id][row.start : row.end] == row.text
    mentions = tables["mentions"].merge(tables["statements"][["statement_id", "text"]], on="statement_id")
    assert all(m.text[m.start : m.end] == m.surface for m in mentions.itertuples())


def test_results_folder_holds_every_table_twice_and_charts(folder, tmp_path):
    out = tmp_path / "results"
    go(folder, out)
    for name in ("articles", "statements", "mentions", "scores", "summary"):
        stored = pd.read_parquet(out / f"{name}.parquet")
        assert len(stored) == len(pd.read_csv(out / f"{name}.csv")) > 0
        check(stored, name)
    assert {p.name for p in (out / "charts").iterdir()} >= {"stance-by-target.png", "stance-by-target.svg", "stance-by-speaker.png"}
    assert "Ana Sample" in (out / "report.html").read_text(encoding="utf-8")
    assert {p.name for p in out.glob(".*")} <= {LOCK}, "temporary files are left"


def test_manifest_counts_and_hashes(folder, tmp_path):
    go(folder, tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    stages = manifest["stages"]
    assert stages["read articles"]["articles"] == 1
    assert stages["extract statements"]["statements"] == 2
    assert stages["find targets"]["mentions"] == stages["score stance"]["scores"] == 2
    assert manifest["models"]["stance"] == {"name": "threat", "sha256": "1"}
    assert len(manifest["inputs"][0]["sha256"]) == 64
    assert all("seconds" in stage for stage in stages.values())


def test_words_of_decided_statements_are_weighed_as_many_as_configured(folder, tmp_path):
    done = go(folder, tmp_path / "out")
    words = pd.read_parquet(tmp_path / "out" / "words.parquet")
    assert words.loc[words["weight"].idxmin(), "word"] == "threat"
    assert set(words["target"]) == {"NATO"}, "toward Ukraine it is neutral"
    stage = done.manifest["stages"]["weigh words"]
    assert (stage["against or in favor"], stage["explained"]) == (1, 1)
    none = replace(load_config(), report=Report(0))
    go(folder, tmp_path / "out", none)  # the setting changes no number: no other configuration
    assert pd.read_parquet(tmp_path / "out" / "words.parquet").empty


def test_same_input_gives_the_same_bytes(folder, tmp_path):
    go(folder, tmp_path / "a")
    go(folder, tmp_path / "b")
    for path in sorted((tmp_path / "a").rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes(), path.name


def test_results_of_another_configuration_are_kept(folder, tmp_path):
    out = tmp_path / "out"
    go(folder, out)
    before = (out / "scores.csv").read_bytes()
    other = replace(load_config(), indirect=True)
    with pytest.raises(ResultsError, match=r"different: indirect.*--overwrite"):
        go(folder, out, other)
    assert (out / "scores.csv").read_bytes() == before
    go(folder, out)
    go(folder, out, other, overwrite=True)
    assert json.loads((out / "manifest.json").read_text())["config"]["indirect"] is True


def test_a_folder_of_something_else_is_kept(folder, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(ResultsError, match="holds files but no results"):
        go(folder, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "precious"


def test_bad_files_are_skipped_by_name_and_the_rest_goes_on(folder, tmp_path):
    (folder / "empty.txt").write_text("")
    (folder / "noise.txt").write_bytes(bytes(range(256)) * 20)
    (folder / "rows.jsonl").write_text('{"text": "Ana Sample said Ukraine was right. It was late."}\n{"text": broken\n')
    results = go(folder, tmp_path / "out")
    skipped = {entry["path"].rsplit("/")[-1]: entry["reason"] for entry in results.manifest["skipped"]}
    assert len(results.tables["articles"]) == 2
    assert len(skipped) == 3
    assert any("line 2" in path + reason for path, reason in skipped.items())


def test_text_without_target_or_speaker_gives_empty_tables(tmp_path):
    (tmp_path / "quiet.txt").write_text("The harvest was good this year. Nobody complained about the rain.\n")
    results = go(tmp_path / "quiet.txt", tmp_path / "out")
    assert len(results.tables["mentions"]) == len(results.tables["scores"]) == 0
    assert (out := pd.read_parquet(tmp_path / "out" / "scores.parquet")).empty and "stance" in out.columns


def test_progress_reaches_every_row(folder):
    class Reporter:
        def __init__(self):
            self.done, self.of, self.ended = {}, {}, []

        def start(self, stage, total):
            self.done[stage], self.of[stage] = 0, total

            def tick(n):
                self.done[stage] += n

            return tick

        def finish(self, stage, counts, seconds):
            self.ended.append(stage)

    reporter = Reporter()
    go(folder, reporter=reporter)
    for stage in ("extract statements", "score stance"):
        assert reporter.done[stage] == reporter.of[stage] == 1
    assert reporter.ended == ["load models", "read articles", "extract statements", "find targets", "score stance", "summarize"]


def test_no_chart_stays_from_an_earlier_run(folder, tmp_path):
    out = tmp_path / "out"
    go(folder, out)
    (out / "charts" / "stance-over-time.png").write_bytes(b"of other articles")
    (out / "charts" / "mine.png").write_bytes(b"kept")
    go(folder, out)
    assert {p.stem for p in (out / "charts").iterdir()} == {"stance-by-target", "stance-by-speaker", "mine"}


def test_every_grouping_can_be_asked_for_in_the_configuration(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    head = "---\ntitle: Talks\nsource: {}\npublished: {}\n---\n"
    speech = "{} said NATO was a threat.\n\nTalks with Ukraine start on Monday.\n"
    (raw / "one.txt").write_text(head.format("Gazette", "2022-01-05") + speech.format("Polish minister Ana Sample"), encoding="utf-8")
    (raw / "two.txt").write_text(head.format("Herald", "2022-02-05") + speech.format("Minister Bo Sample"), encoding="utf-8")
    settings = tmp_path / "config.yml"
    by = "[[target, speaker_country], [target, speaker_role], [source], [target, kind], [target, month]]"
    settings.write_text(f"summary: {{by: {by}, min_articles: 1}}", encoding="utf-8")
    done = go(raw, tmp_path / "out", load_config(settings))
    counts = {by: table.set_index(list(by))["n_statements"].to_dict() for by, table in done.summaries.items()}
    january, february = pd.Timestamp("2022-01-01"), pd.Timestamp("2022-02-01")
    assert counts == {
        ("target", "speaker_country"): {("NATO", "(not given)"): 1, ("NATO", "Poland"): 1, ("Ukraine", "(no speaker)"): 2},
        ("target", "speaker_role"): {("NATO", "Minister"): 1, ("NATO", "Polish minister"): 1, ("Ukraine", "(not given)"): 2},
        ("source",): {"Gazette": 2, "Herald": 2},
        ("target", "kind"): {("NATO", "indirect"): 2, ("Ukraine", "narration"): 2},
        ("target", "month"): {("NATO", january): 1, ("NATO", february): 1, ("Ukraine", january): 1, ("Ukraine", february): 1},
    }
    written = pd.read_csv(tmp_path / "out" / "summary.csv")
    assert set(written["by"]) == {", ".join(by) for by in counts}
    assert set(written["speaker_country"].dropna()) == {"(not given)", "Poland", "(no speaker)"}
    printed = Console(file=StringIO(), width=160)
    printed.print(summary_table(done.summaries[("target", "month")], ["target", "month"]))
    assert "2022-02-01 " in printed.file.getvalue() and "00:00" not in printed.file.getvalue()
